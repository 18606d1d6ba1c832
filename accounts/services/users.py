"""Users: added, edited, disabled, given roles. Nobody changes himself here, and nobody gives what reaches further."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import DataScope, Role, User
from accounts.services.passwords import first_password
from heating.audit.services import record
from heating.kit.errors import Refusal


def _check(user: User, roles: Iterable[Role], actor: User, verb: str) -> None:
    """`Refusal` when office or roles lie outside the actor's scope, or the user is the actor himself."""
    if user.pk == actor.pk:
        raise Refusal("不能修改自己的账号和角色")
    scope = actor.scope(verb)
    if not scope.everything and user.office_id not in scope.offices:
        raise Refusal("机构不在您的数据范围内", field="office")
    visible = set(Role.objects.visible_to(actor, verb).values_list("pk", flat=True))
    for role in roles:
        if role.pk not in visible:
            raise Refusal(f"角色“{role}”不在您的数据范围内", field="roles")
        if role.scope == DataScope.ALL and not scope.everything:
            raise Refusal(f"角色“{role}”的数据范围比您的更大", field="roles")


def _saved(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refusal("登录名已被使用", field="username") from error


@transaction.atomic
def add_user(data: dict[str, Any], *, actor: User, now: datetime) -> tuple[User, str]:
    """Add a user with a random first password, to be changed at the first sign-in; it is returned to be shown once."""
    roles = data.pop("roles")
    user = User(**data, must_change_password=True, password_changed_at=now)
    _check(user, roles, actor, "accounts.add_user")
    password = first_password()
    user.set_password(password)
    _saved(user)
    user.groups.set(roles)
    record(actor, "user.add", user, after={"username": user.username, "roles": [str(r) for r in roles]})
    return user, password


@transaction.atomic
def edit_user(pk: int, data: dict[str, Any], *, actor: User) -> User:
    """Change a user and his roles; lost rights are gone at the next request."""
    user = User.objects.visible_to(actor, "accounts.change_user").locked(pk)
    roles = data.pop("roles")
    _check(user, [], actor, "accounts.change_user")
    held = list(Role.objects.filter(user=user))
    before = {name: str(getattr(user, name) or "") for name in data} | {"roles": [str(r) for r in held]}
    for name, value in data.items():
        setattr(user, name, value)
    _check(user, set(roles) - set(held), actor, "accounts.change_user")
    _saved(user)
    visible = set(Role.objects.visible_to(actor, "accounts.change_user").values_list("pk", flat=True))
    kept = [role for role in held if role.pk not in visible]
    user.groups.set([*kept, *roles])
    after = {k: str(v or "") for k, v in data.items()} | {"roles": [str(r) for r in roles]}
    record(actor, "user.edit", user, before=before, after=after)
    return user


@transaction.atomic
def set_user_active(pk: int, *, active: bool, actor: User) -> User:
    """停用 or 启用; a disabled user's sessions end at the next request."""
    user = User.objects.visible_to(actor, "accounts.change_user").locked(pk)
    _check(user, [], actor, "accounts.change_user")
    before, user.is_active = user.is_active, active
    user.save(update_fields=["is_active"])
    if not active:
        User.objects.filter(pk=pk).update(session_epoch=F("session_epoch") + 1)
    record(actor, "user.enable" if active else "user.disable", user, before=before, after=active)
    return user
