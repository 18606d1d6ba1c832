"""Roles: made, edited, given their menus and verbs, copied, deleted. Nobody lifts himself (quality.md P1, P4)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from accounts.models import DataScope, Role, User
from heating.audit.services import record
from heating.kit.errors import Refusal
from org.models import Office

# Who may do these decides over the others: only a holder passes them on. Verbs of the trade are given by whoever
# manages roles, also those that he must not hold himself (an administrator makes cashiers and never takes money).
SYSTEM_APPS = ("org", "accounts", "audit")


def verb_name(permission: Permission) -> str:
    """Return "app.codename"."""
    return f"{permission.content_type.app_label}.{permission.codename}"


def assignable(actor: User) -> list[Permission]:
    """Return the permissions that `actor` may put into a role."""
    held = actor.get_all_permissions()
    rows = Permission.objects.select_related("content_type").order_by("content_type__app_label", "content_type", "id")
    ours = (*SYSTEM_APPS, "jobs", "property", "meters", "billing", "payments", "reports")
    return [
        p
        for p in rows
        if p.content_type.app_label in ours
        and (p.content_type.app_label not in SYSTEM_APPS or verb_name(p) in held)
        and not p.codename.startswith("oversee_")
    ]


def _check(role: Role, actor: User, verb: str) -> None:
    """`Refusal` when the role would reach further than its maker."""
    scope = actor.scope(verb)
    if not scope.everything:
        if role.office_id not in scope.offices:
            raise Refusal("归属机构不在您的数据范围内", field="office")
        if role.scope == DataScope.ALL:
            raise Refusal("您不能设置比自己更大的数据范围", field="scope")
    if role.pk and actor.groups.filter(pk=role.pk).exists():
        raise Refusal("不能修改自己所属的角色")


def _saved(role: Role) -> None:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError as error:
        raise Refusal("该机构已有同名角色", field="title") from error


@transaction.atomic
def add_role(data: dict[str, Any], *, actor: User) -> Role:
    """Make a role (manual §2.2): 归属机构, 角色名称, 角色类型, 数据范围."""
    role = Role(name=f"role:{uuid.uuid4().hex}", **data)
    _check(role, actor, "accounts.add_role")
    _saved(role)
    record(actor, "role.add", role, after={"title": role.title, "scope": role.scope})
    return role


@transaction.atomic
def edit_role(pk: int, data: dict[str, Any], *, actor: User) -> Role:
    """Change the basic facts of a role."""
    role = Role.objects.visible_to(actor, "accounts.change_role").locked(pk)
    before = {name: str(getattr(role, name)) for name in data}
    _check(role, actor, "accounts.change_role")
    for name, value in data.items():
        setattr(role, name, value)
    _check(role, actor, "accounts.change_role")
    _saved(role)
    record(actor, "role.edit", role, before=before, after={k: str(v) for k, v in data.items()})
    return role


@transaction.atomic
def assign_verbs(pk: int, permissions: Iterable[Permission], *, actor: User) -> Role:
    """分配: give a role its menus and verbs; what the actor may not give stays as it was."""
    role = Role.objects.visible_to(actor, "accounts.change_role").locked(pk)
    _check(role, actor, "accounts.change_role")
    mine = {p.pk for p in assignable(actor)}
    wanted = {p.pk for p in permissions}
    if wanted - mine:
        raise Refusal("包含您不能分配的权限")
    held = set(role.permissions.values_list("pk", flat=True))
    after = (held - mine) | wanted
    role.permissions.set(after)
    changed = sorted(
        verb_name(p) for p in Permission.objects.filter(pk__in=held ^ after).select_related("content_type")
    )
    record(actor, "role.assign", role, before=len(held), after=len(after), note="、".join(changed)[:500])
    return role


@transaction.atomic
def choose_offices(pk: int, offices: Iterable[Office], *, actor: User) -> Role:
    """数据明细: the offices of a role with 按明细设置; only offices of the actor's own scope."""
    role = Role.objects.visible_to(actor, "accounts.change_role").locked(pk)
    _check(role, actor, "accounts.change_role")
    allowed = set(Office.objects.visible_to(actor, "accounts.change_role").values_list("pk", flat=True))
    wanted = {office.pk for office in offices}
    if wanted - allowed:
        raise Refusal("包含不在您数据范围内的机构")
    before = list(role.offices.values_list("name", flat=True))
    role.offices.set(wanted)
    record(actor, "role.offices", role, before=before, after=list(role.offices.values_list("name", flat=True)))
    return role


@transaction.atomic
def copy_role(pk: int, *, actor: User) -> Role:
    """复制 with the verbs that the actor may give."""
    source = Role.objects.visible_to(actor, "accounts.add_role").get(pk=pk)
    data = {"title": f"{source.title}（复制）", "office": source.office, "kind": source.kind, "scope": source.scope}
    role = add_role(data, actor=actor)
    mine = {p.pk for p in assignable(actor)}
    role.permissions.set(p for p in source.permissions.all() if p.pk in mine)
    role.offices.set(source.offices.all())
    return role


@transaction.atomic
def delete_role(pk: int, *, actor: User) -> None:
    """Delete a role that nobody has; `Refusal` with the count otherwise."""
    role = Role.objects.visible_to(actor, "accounts.delete_role").locked(pk)
    users = User.objects.filter(groups=role).count()
    if users:
        raise Refusal(f"还有 {users} 个用户使用角色“{role}”，不能删除")
    record(actor, "role.delete", role, before={"title": role.title})
    role.delete()
