"""The second pass of 用户导入, and taking it back.

No password is made here: a file or a batch page that held first passwords would be a place to steal them from. The
new users cannot sign in until an administrator gives them their first passwords (用户管理 > 批量重置密码), where they
are shown once.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import User
from accounts.models.data_scope import OVERSEE
from accounts.services.bulk_create import add_users
from accounts.services.delegation import check_user
from heating.audit.models import Record
from heating.audit.services import record
from heating.jobs.models import Batch
from heating.kit.errors import Refusal
from heating.kit.intake import Result
from heating.kit.intake.importing import Destination
from property.intake.users import TEMPLATE, Finder
from property.models import Community

MADE = "users"


def user_template(to: Destination) -> Any:
    """Return the template; it is the same for everybody."""
    return TEMPLATE


def commit_users(result: Result, to: Destination, batch: Batch) -> dict[str, Any]:
    """Add the users of the good rows, with roles and 辖区."""
    rows = result.good_rows()
    if not rows:
        return {}
    finder = Finder(to)
    read = [finder.read(result.sheet, row) for row in rows]
    users = add_users((new_user for new_user, _ in read), actor=to.actor, now=timezone.now())
    grants = 0
    for user, (new_user, places) in zip(users, read, strict=True):
        if places:
            grants += _oversee(user, places, to.actor)
            if to.actor is not None:
                # His roles reach further now than when they were looked at.
                check_user(User.objects.get(pk=user.pk), new_user.roles, to.actor, "accounts.add_user")
    counts = {MADE: len(users), "overseen": grants}
    batch.options[MADE] = [user.pk for user in users]
    batch.save(update_fields=["options"])
    record(to.actor, "user.import", batch, after=counts, office_id=to.office_id)
    return counts


def _oversee(user: User, places: list[Community], actor: Any) -> int:
    locked = Community.objects.select_for_update().filter(pk__in=[place.pk for place in places]).order_by("pk")
    found = list(locked)
    assign_perm(OVERSEE["community"], user, found)
    record(actor, "user.jurisdiction", user, before=[], after=[str(place) for place in found])
    return len(found)


def users_stand(batch: Batch) -> bool:
    """Say whether every user that the batch made is still there."""
    made = batch.options.get(MADE, [])
    return User.objects.filter(pk__in=made).count() == len(made)


def undo_user_batch(batch: Batch, to: Destination) -> dict[str, Any]:
    """Delete the users of a batch while nobody has used or changed them; `Refusal` says how many have been."""
    made = batch.options.get(MADE, [])
    users = User.objects.filter(pk__in=made)
    signed = users.select_for_update().filter(last_login__isnull=False)
    if found := len(signed):
        raise Refusal(f"不能撤销该批次：其中 {found} 个用户已登录过")
    since = Record.objects.filter(target_type="accounts.user", target_id__in=made, at__gt=batch.committed_at)
    touched = since.exclude(verb__startswith="login.").order_by().values("target_id").distinct().count()
    if touched:
        raise Refusal(f"不能撤销该批次：其中 {touched} 个用户已被修改或重置过密码")
    count = users.count()
    try:
        with transaction.atomic():
            users.delete()
    except ProtectedError as error:
        raise Refusal("不能撤销该批次：其中有用户已有业务数据") from error
    record(to.actor, "user.import_undo", batch, after={MADE: count}, office_id=batch.office_id)
    return {MADE: count}
