"""No actor grants a role or a scope wider than their own, lifts themself, or takes over a user with wider rights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import DataScope, Role, User
from accounts.models.data_scope import OVERSEE, places_of_users
from accounts.registry import PLACE_MODELS
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.scope import Scope
from org.models import Office

P = ParamSpec("P")
T = TypeVar("T")
# Who may do these decides over the others: only a holder passes them on. Permissions of the trade are given by whoever
# manages roles, also those that they must not hold themselves (an administrator makes cashiers and never takes money).
SYSTEM_APPS = ("org", "accounts", "audit", "heating")


class Escalation(Refusal):
    """A refused attempt to reach further than one may: `target` is the role or user that it was about."""

    def __init__(self, sentence: str, target: Any, *, field: str | None = None) -> None:
        super().__init__(sentence, field=field)
        self.target = target


def audits_escalation(service: Callable[P, T]) -> Callable[P, T]:
    """Let a service leave an audit row of an `Escalation`, after its own transaction has been rolled back."""

    @wraps(service)
    def audited(*args: P.args, **options: P.kwargs) -> T:
        try:
            with transaction.atomic():
                return service(*args, **options)
        except Escalation as refused:
            note_escalation(refused.target, refused.sentence, actor=options.get("actor"))
            raise

    return audited


def note_escalation(target: Role | User, sentence: str, *, actor: Any) -> None:
    """Write the audit row of a refused attempt."""
    office = target.office_id or getattr(actor, "office_id", None)
    stored = target if target.pk else None
    record(actor, "escalation.refuse", stored, note=f"{target}：{sentence}", office_id=office)


def note_forged(target: Role | User, values: Iterable[str], offered: QuerySet[Any], *, actor: User) -> None:
    """Write an audit row when a form was sent with existing roles or permissions that it does not offer."""
    ids = {int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 18}
    if offered.model._default_manager.filter(pk__in=ids).exclude(pk__in=offered.order_by().values("pk")).exists():
        note_escalation(target, f"提交了不可选的{offered.model._meta.verbose_name}", actor=actor)


def permission_name(permission: Permission) -> str:
    """Return "app.codename"."""
    return f"{permission.content_type.app_label}.{permission.codename}"


def within(reach: Scope, actor: User, permission: str) -> bool:
    """Say whether everything in `reach` lies inside the actor's own scope of `permission`."""
    mine = actor.scope(permission)
    if mine.everything:
        return True
    if reach.everything or not reach.offices <= mine.offices:
        return False
    granted = {"community": reach.communities, "building": reach.buildings}
    return not any(outside(model, granted[model], actor, permission) for model in OVERSEE if granted[model])


def outside(model: str, ids: Iterable[int], actor: User, permission: str) -> bool:
    """Say whether one of these places exists beyond the actor's scope."""
    places = PLACE_MODELS[model]._default_manager
    mine = places.visible_to(actor, permission).order_by().values("pk")
    return places.filter(pk__in=ids).exclude(pk__in=mine).exists()


def system_permissions(role: Role) -> list[str]:
    """Return the permissions of a role that decide over others."""
    if role.pk is None:
        return []
    held = role.permissions.filter(content_type__app_label__in=SYSTEM_APPS).select_related("content_type")
    return [permission_name(permission) for permission in held]


def covers(actor: User, reach: Mapping[str, Scope], role: Role, permission: str) -> bool:
    """Say whether the actor may let `role` reach this far, where `reach` says how far by each of its data scopes.

    All of it lies inside the actor's scope of `permission`, and each system permission of the role, which the actor
    holds, inside the actor's scope of that same permission.
    """
    if not all(within(part, actor, permission) for part in reach.values()):
        return False
    system = system_permissions(role)
    return all(actor.has_perm(name) and within(reach[role.scope_of(name)], actor, name) for name in system)


def check_role(role: Role, actor: User, permission: str) -> None:
    """`Refusal` when the actor holds the role, or when it reaches further than the actor, for whoever has it."""
    if role.pk and actor.groups.filter(pk=role.pk).exists():
        raise Escalation("不能修改自己所属的角色", role)
    scope = actor.scope(permission)
    if not scope.everything and role.office_id not in scope.offices:
        raise Escalation("归属机构不在您的数据范围内", role, field="office")
    if not all(within(role.reach(role.office, part), actor, permission) for part in role.scopes):
        raise Escalation("您不能设置比自己更大的数据范围", role, field="scope")
    if not all(actor.has_perm(name) for name in system_permissions(role)):
        raise Escalation("该角色含有您没有的系统管理权限，须由上级管理员处理", role)
    if role.pk and not covers(actor, {s: _reach_of_holders(role, s) for s in role.scopes}, role, permission):
        raise Escalation("该角色已分配的用户会看到您数据范围以外的数据，须由上级管理员处理", role, field="scope")


def _reach_of_holders(role: Role, scope: str) -> Scope:
    """Return all that a data scope of the role opens to those who have it, and to a user of its own office."""
    holders = User.objects.filter(groups=role)
    total = role.reach(role.office, scope)
    if scope == DataScope.JURISDICTION:
        return total | places_of_users(holders.values_list("pk", flat=True))
    if total.everything:
        return total
    for home in Office.objects.filter(pk__in=holders.values("office")).select_related("company"):
        # An office inside the total was reached together with all that it reaches itself.
        if home.pk not in total.offices:
            total = total | role.reach(home, scope)
    return total


def check_user(user: User, roles: Iterable[Role], actor: User, permission: str) -> None:
    """`Refusal` when the user is the actor or of a foreign office, or would reach further than the actor."""
    if user.pk == actor.pk:
        raise Escalation("不能修改自己的账号和角色", user)
    scope = actor.scope(permission)
    if not scope.everything and user.office_id not in scope.offices:
        raise Escalation("机构不在您的数据范围内", user, field="office")
    for role in roles:
        if not covers(actor, {scope: user.role_scope(role, scope) for scope in role.scopes}, role, permission):
            raise Escalation(f"角色“{role}”的数据范围或系统管理权限比您的更大", user, field="roles")


def refuse_escalation(user: User, actor: User, permission: str) -> None:
    """`Refusal` when the user already reaches further: whoever resets their password could sign in as them."""
    everything = actor.scope(permission).everything
    backdoor = (user.is_superuser and not actor.is_superuser) or (user.is_staff and not actor.is_staff)
    try:
        check_user(user, Role.objects.filter(user=user).select_related("office"), actor, permission)
        mightier = backdoor and not everything
    except Refusal as refusal:
        if refusal.field != "roles":
            raise
        mightier = True
    if mightier:
        raise Escalation(f"用户“{user}”的权限比您的更大，须由上级管理员处理", user)
