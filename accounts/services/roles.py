"""Roles: made, edited, given their menus, permissions and scopes, copied, deleted; never by whoever holds them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from guardian.shortcuts import assign_perm, get_objects_for_group

from accounts.models import DataScope, Role, User
from accounts.models.data_scope import OVERSEE
from accounts.services.delegation import SYSTEM_APPS, Escalation, audits_escalation, check_role, permission_name
from heating.audit.services import record
from heating.kit.errors import Refusal
from org.models import Office
from org.services import use_office

COPY = "（复制）"
CHANGE = "accounts.change_role"


def assignable(actor: User) -> list[Permission]:
    """Return the permissions that `actor` may put into a role."""
    held = actor.get_all_permissions()
    rows = Permission.objects.select_related("content_type").order_by("content_type__app_label", "content_type", "id")
    ours = (*SYSTEM_APPS, "jobs", "property", "meters", "billing", "payments", "reports")
    return [
        p
        for p in rows
        if p.content_type.app_label in ours
        and (p.content_type.app_label not in SYSTEM_APPS or permission_name(p) in held)
        and not p.codename.startswith("oversee_")
    ]


def _saved(role: Role) -> None:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError as error:
        raise Refusal("该机构已有同名角色", field="title") from error


def _taken(pk: int, actor: User) -> Role:
    """Lock a role that the actor may change as it stands."""
    role: Role = Role.objects.visible_to(actor, CHANGE).locked(pk)
    check_role(role, actor, CHANGE)
    return role


@audits_escalation
def add_role(data: dict[str, Any], *, actor: User) -> Role:
    """Make a role: 归属机构, 角色名称, 角色类型, 数据范围."""
    role = Role(name=f"role:{uuid.uuid4().hex}", **data)
    if role.office_id:
        use_office(role.office_id)
    check_role(role, actor, "accounts.add_role")
    _saved(role)
    record(actor, "role.add", role, after={"title": role.title, "scope": role.scope})
    return role


@audits_escalation
def edit_role(pk: int, data: dict[str, Any], *, actor: User) -> Role:
    """Change the basic facts of a role; a wider scope is looked at for everybody who has it."""
    role = _taken(pk, actor)
    before = {name: str(getattr(role, name)) for name in data}
    for name, value in data.items():
        setattr(role, name, value)
    if role.office_id and str(role.office) != before.get("office", str(role.office)):
        use_office(role.office_id)
    role.other_scopes.pop(role.scope, None)
    check_role(role, actor, CHANGE)
    _saved(role)
    record(actor, "role.edit", role, before=before, after={k: str(v) for k, v in data.items()})
    return role


@audits_escalation
def set_role_active(pk: int, *, active: bool, actor: User) -> Role:
    """停用 or 启用: a disabled role gives nothing from the next request on; its users keep it."""
    role = _taken(pk, actor)
    before, role.active = role.active, active
    role.save(update_fields=["active"])
    record(actor, "role.enable" if active else "role.disable", role, before=before, after=active)
    return role


@audits_escalation
def assign_permissions(
    pk: int, permissions: Iterable[Permission], *, scopes: Mapping[str, str] | None = None, actor: User
) -> Role:
    """分配: give a role its menus and permissions, each with the role's data scope or one of its own.

    `scopes` is permission → data scope; None leaves them as they are. What the actor cannot assign stays as it was.
    """
    role = _taken(pk, actor)
    mine = {permission_name(p): p.pk for p in assignable(actor)}
    wanted = {permission_name(p) for p in permissions}
    if wanted - set(mine):
        raise Escalation("包含您不能分配的权限", role)
    held = _scopes_held(role)
    old = {name: scope for name, scope in held.items() if name not in mine}
    asked = held if scopes is None else scopes
    after = old | {name: asked.get(name) or role.scope for name in wanted}
    every = Permission.objects.select_related("content_type")
    role.permissions.set([p for p in every if permission_name(p) in after])
    role.other_scopes = by_scope(role, after)
    role.save(update_fields=["other_scopes"])
    check_role(role, actor, CHANGE)
    changed = [name for name in sorted(held | after) if held.get(name) != after.get(name)]
    words = [f"{name}={after[name]}" if name in held and name in after else name for name in changed]
    record(actor, "role.assign", role, before=len(held), after=len(after), note="、".join(words)[:500])
    return role


def _scopes_held(role: Role) -> dict[str, str]:
    """Return permission → data scope of all that a role holds."""
    names = map(permission_name, role.permissions.select_related("content_type"))
    return {name: role.scope_of(name) for name in names}


def by_scope(role: Role, scopes: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the permissions whose data scope is not the role's own, by scope, as `Role.other_scopes` keeps them."""
    found: dict[str, list[str]] = {}
    for name, scope in sorted(scopes.items()):
        if scope not in DataScope.values:
            raise Refusal("请选择数据范围")
        if scope != role.scope:
            found.setdefault(scope, []).append(name)
    return found


@audits_escalation
def choose_offices(pk: int, offices: Iterable[Office], *, actor: User) -> Role:
    """数据明细: the offices of a role with 按明细设置; only offices of the actor's own scope."""
    role = _taken(pk, actor)
    allowed = set(Office.objects.visible_to(actor, CHANGE).values_list("pk", flat=True))
    wanted = {office.pk for office in offices}
    if wanted - allowed:
        raise Escalation("包含不在您数据范围内的机构", role)
    before = list(role.offices.values_list("name", flat=True))
    role.offices.set(wanted)
    check_role(role, actor, CHANGE)
    record(actor, "role.offices", role, before=before, after=list(role.offices.values_list("name", flat=True)))
    return role


@audits_escalation
def copy_role(pk: int, *, actor: User) -> Role:
    """复制 with what the actor may give of it: permissions, offices of 按明细 and places of 辖区, not its users."""
    permission = "accounts.add_role"
    source = Role.objects.visible_to(actor, permission).get(pk=pk)
    title = f"{source.title[: 60 - len(COPY)]}{COPY}"
    data = {"title": title, "office": source.office, "kind": source.kind, "scope": source.scope, "note": source.note}
    role = add_role(data, actor=actor)
    mine = {permission_name(p) for p in assignable(actor)}
    role.permissions.set([p for p in source.permissions.select_related("content_type") if permission_name(p) in mine])
    role.other_scopes = by_scope(role, {n: s for n, s in _scopes_held(source).items() if n in mine})
    role.save(update_fields=["other_scopes"])
    role.offices.set(source.offices.filter(pk__in=Office.objects.visible_to(actor, permission).values("pk")))
    for grant in OVERSEE.values():
        granted: Any = get_objects_for_group(source, grant)
        if places := granted.visible_to(actor, permission):
            assign_perm(grant, role, places)
    check_role(Role.objects.get(pk=role.pk), actor, permission)
    return role


@audits_escalation
def delete_role(pk: int, *, actor: User) -> None:
    """Delete a role that nobody has; `Refusal` with the count otherwise."""
    role = Role.objects.visible_to(actor, "accounts.delete_role").locked(pk)
    check_role(role, actor, "accounts.delete_role")
    users = User.objects.filter(groups=role).count()
    if users:
        raise Refusal(f"还有 {users} 个用户使用角色“{role}”，不能删除")
    record(actor, "role.delete", role, before={"title": role.title})
    role.delete()
