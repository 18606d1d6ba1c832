"""Why a user reaches a row with a permission, role by role, from the very scopes and filter that the pages use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from accounts.models import DataScope, Role, User
from accounts.queries import permission_words, place_names
from accounts.views.access.things import Thing
from heating.kit.scope import NOTHING, Scope
from org.models import Office

NAMED = 10
# The parts of a scope, in the order in which a match is told.
PARTS = ("everything", "offices", "communities", "buildings", "own")
BY_OFFICE = (DataScope.OFFICE, DataScope.OFFICE_BELOW)


@dataclass(frozen=True)
class Reach:
    """Stands in for a user whose whole scope is one role's, or one part of it."""

    part: Scope

    def scope(self, permission: str) -> Scope:
        return self.part


@dataclass(frozen=True)
class Reason:
    """What one role says: its data scope in words, whether it holds the permission and reaches the row, and why."""

    role: str
    scope: str
    holds: bool
    reaches: bool
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """Whether the user reaches the row, and each role's reason."""

    visible: bool
    sentence: str
    reasons: list[Reason]


def explain(user: User, permission: str, thing: Thing, row: Any) -> Verdict:
    """Say whether `user` reaches `row` with `permission`: exactly when `visible_to` would return it."""
    scopes = {role.pk: scope for role, scope in user.scopes_by_role(permission)}
    roles = Role.objects.filter(user=user).prefetch_related("offices")
    reasons = [_reason(user, role, scopes.get(role.pk), permission, thing, row) for role in roles]
    visible = any(reason.reaches for reason in reasons)
    word = permission_words()[permission]
    answer = f"可以对该{thing.label}进行“{word}”" if visible else f"不能对该{thing.label}进行“{word}”"
    why = "：该用户已停用" if not user.is_active else "：没有任何角色" if not reasons else ""
    return Verdict(visible, f"用户“{user}”{answer}{why}", reasons)


def reached_by(scope: Scope, permission: str, row: Any) -> list[str]:
    """Return the parts of a scope through which the row is reached; none when it is out of reach."""
    rows = type(row)._default_manager
    return [
        part
        for part in PARTS
        if getattr(scope, part) and rows.visible_to(_only(scope, part), permission).filter(pk=row.pk).exists()
    ]


def _only(scope: Scope, part: str) -> Reach:
    return Reach(replace(NOTHING, user_id=scope.user_id, **{part: getattr(scope, part)}))


def _reason(user: User, role: Role, scope: Scope | None, permission: str, thing: Thing, row: Any) -> Reason:
    data_scope = role.scope_of(permission)
    label = scope_words(user, role, data_scope, scope)
    if not role.active:
        return Reason(role.title, label, False, False, f"角色“{role}”已停用，不起作用")
    if scope is None:
        why = "该用户已停用" if not user.is_active else f"角色“{role}”没有“{permission_words()[permission]}”权限"
        return Reason(role.title, label, False, False, why)
    parts = reached_by(scope, permission, row)
    match = " ".join(_match(part, thing, row) for part in parts[:1]) or _miss(data_scope, thing, row)
    return Reason(role.title, label, True, bool(parts), f"角色“{role}”有此权限，数据范围为{label}；{match}")


def scope_words(user: User, role: Role, data_scope: str, scope: Scope | None) -> str:
    """Return a data scope of a role as it stands for this user: 所在公司数据：红日热力公司."""
    label = str(DataScope(data_scope).label)
    match data_scope:
        case DataScope.ALL | DataScope.OWN:
            return label
        case DataScope.CHOSEN:
            names = [office.name for office in role.offices.all()]
            return f"{label}：{_named(names)}" if names else f"{label}（尚未勾选机构）"
        case DataScope.JURISDICTION:
            names = place_names(scope) if scope else []
            return f"{label}：{_named(names)}" if names else label if scope is None else f"{label}（尚未设置辖区）"
    if user.office is None:
        return f"{label}（该用户没有所属机构）"
    home: Office = user.office if data_scope in BY_OFFICE else user.office.company
    return f"{label}：{home.name}"


def _named(names: list[str]) -> str:
    return "、".join(names[:NAMED]) + (f" 等 {len(names)} 个" if len(names) > NAMED else "")


def _belongs(thing: Thing, row: Any) -> str:
    return "、".join(f"“{name}”" for name in dict.fromkeys(thing.offices(row)))


def _match(part: str, thing: Thing, row: Any) -> str:
    what = f"该{thing.label}"
    where = "、".join(thing.places(row))
    return {
        "everything": f"{what}在范围内",
        "offices": f"{what}属于{_belongs(thing, row)}，在范围内",
        "communities": f"{what}在辖区小区内（{where}）",
        "buildings": f"{what}在辖区楼幢内（{where}）",
        "own": f"{what}由该用户建立、经办，或在其名下",
    }[part]


def _miss(data_scope: str, thing: Thing, row: Any) -> str:
    what = f"该{thing.label}"
    if data_scope == DataScope.OWN:
        return f"{what}不是该用户建立、经办或名下的"
    if data_scope == DataScope.JURISDICTION:
        return f"{what}在“{'、'.join(thing.places(row))}”，不在其辖区内"
    return f"{what}属于{_belongs(thing, row)}，不在范围内"
