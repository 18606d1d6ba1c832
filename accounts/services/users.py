"""Users: added, edited, disabled, given roles. No actor changes their own account, nor gives what reaches further."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import Role, User
from accounts.services.delegation import Escalation, audits_escalation, check_user, refuse_escalation
from accounts.services.passwords import first_password
from heating.audit.services import record
from heating.kit.errors import Refusal
from org.services import use_office


def _saved(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refusal("登录名不可用，请换一个", field="username") from error


def _use_office(data: dict[str, Any]) -> None:
    if data.get("office"):
        use_office(data["office"].pk)


def _held(user: User) -> list[Role]:
    return list(Role.objects.filter(user=user).order_by("pk"))


def _locked_roles(wanted: Iterable[Role], actor: User, permission: str) -> list[Role]:
    """Lock roles that are given away, so that nobody widens or deletes one meanwhile; only those in scope."""
    pks = sorted(role.pk for role in wanted)
    found = list(Role.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    visible = set(Role.objects.visible_to(actor, permission).filter(pk__in=pks).values_list("pk", flat=True))
    if strange := [role for role in found if role.pk not in visible]:
        raise Escalation(f"角色“{strange[0]}”不在您的数据范围内", strange[0], field="roles")
    if len(found) < len(pks):
        raise Refusal("角色已被删除，请刷新后重试", field="roles")
    return found


@audits_escalation
def add_user(data: dict[str, Any], *, actor: User, now: datetime) -> tuple[User, str]:
    """Add a user with a random first password, to be changed at the first sign-in; it is returned to be shown once."""
    permission = "accounts.add_user"
    roles = _locked_roles(data.pop("roles"), actor, permission)
    _use_office(data)
    user = User(**data, must_change_password=True, password_changed_at=now)
    check_user(user, roles, actor, permission)
    password = first_password()
    user.set_password(password)
    _saved(user)
    user.groups.set(roles)
    record(actor, "user.add", user, after={"username": user.username, "roles": [str(r) for r in roles]})
    return user, password


@audits_escalation
def edit_user(pk: int, data: dict[str, Any], *, actor: User) -> User:
    """Change a user and their roles; lost rights are gone at the next request.

    Roles that the actor does not see, and disabled ones, stay: the form does not offer them. All roles are looked at
    in the new office, because most scopes move along with it.
    """
    permission = "accounts.change_user"
    user = User.objects.visible_to(actor, permission).locked(pk)
    refuse_escalation(user, actor, permission)
    held = _held(user)
    visible = set(Role.objects.visible_to(actor, permission).filter(active=True).values_list("pk", flat=True))
    chosen = {role.pk for role in data["roles"]}
    new = _locked_roles([r for r in data.pop("roles") if r not in held], actor, permission)
    roles = [r for r in held if r.pk in chosen or r.pk not in visible] + new
    if "office" in data and data["office"] != user.office:
        _use_office(data)
    before = {name: str(getattr(user, name) or "") for name in data} | {"roles": [str(r) for r in held]}
    for name, value in data.items():
        setattr(user, name, value)
    check_user(user, roles, actor, permission)
    _saved(user)
    user.groups.set(roles)
    after = {k: str(v or "") for k, v in data.items()} | {"roles": [str(r) for r in roles]}
    record(actor, "user.edit", user, before=before, after=after)
    return user


@audits_escalation
def share_role(pk: int, *, add: Iterable[int], remove: Iterable[int], actor: User) -> Role:
    """分配用户: give a role to users and take it from others, with the same guards as `edit_user`.

    Users are locked before roles, as there.
    """
    permission, add, remove = "accounts.change_user", set(add), set(remove)
    mine = User.objects.visible_to(actor, permission).filter(pk__in=add | remove).values("pk")
    users = list(User.objects.select_for_update().filter(pk__in=mine).order_by("pk"))
    if len(users) < len(add | remove):
        raise Refusal("包含不在您数据范围内的用户")
    role: Role = Role.objects.visible_to(actor, permission).locked(pk)
    for user in users:
        refuse_escalation(user, actor, permission)
        held = _held(user)
        after = [r for r in held if r != role] + ([role] if user.pk in add else [])
        if set(after) == set(held):
            continue
        check_user(user, after, actor, permission)
        user.groups.set(after)
        record(
            actor,
            "user.roles",
            user,
            before={"roles": [str(r) for r in held]},
            after={"roles": [str(r) for r in after]},
        )
    return role


@audits_escalation
def set_user_active(pk: int, *, active: bool, actor: User) -> User:
    """停用 or 启用; a disabled user's sessions end at the next request."""
    user = User.objects.visible_to(actor, "accounts.change_user").locked(pk)
    refuse_escalation(user, actor, "accounts.change_user")
    before, user.is_active = user.is_active, active
    user.save(update_fields=["is_active"])
    if not active:
        User.objects.filter(pk=pk).update(session_epoch=F("session_epoch") + 1)
    record(actor, "user.enable" if active else "user.disable", user, before=before, after=active)
    return user


@transaction.atomic
def let_into_back_office(username: str, *, on: bool) -> User:
    """Open or shut /admin/ for a user, at the machine (`manage.py grant_admin`); `Refusal` when nobody has the name."""
    found = User.objects.by_login(username)
    if found is None:
        raise Refusal(f"没有用户 {username}")
    user: User = User.objects.select_for_update().get(pk=found.pk)
    before, user.is_staff = user.is_staff, on
    user.save(update_fields=["is_staff"])
    record(None, "user.backoffice", user, before=before, after=on, note="manage.py grant_admin")
    return user
