"""辖区: the communities and single buildings that a user, or everybody of a role, oversees.

Kept as guardian's object permissions `property.oversee_community` and `property.oversee_building`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import Role, User
from accounts.models.data_scope import OVERSEE, places_of_role, places_of_users
from accounts.queries import place_names
from accounts.services.delegation import Escalation, audits_escalation, check_role, refuse_escalation
from heating.audit.services import record
from heating.kit.scope import Scope, sees
from property.models import Building, Community

FOR_USER, FOR_ROLE = "accounts.change_user", "accounts.change_role"
MODELS: dict[str, Any] = {"community": Community, "building": Building}


@audits_escalation
def oversee_as_user(pk: int, *, add: Scope, remove: Scope, actor: User) -> User:
    """辖区小区 of one user; they count where a role has the scope 辖区. Never for oneself."""
    user: User = User.objects.visible_to(actor, FOR_USER).locked(pk)
    refuse_escalation(user, actor, FOR_USER)
    before = place_names(places_of_users([pk]))
    _change(user, add, remove, actor, FOR_USER)
    # Looked at anew: the roles may hold system permissions whose scope is narrower for the actor than that of FOR_USER.
    refuse_escalation(User.objects.get(pk=pk), actor, FOR_USER)
    record(actor, "user.jurisdiction", user, before=before, after=place_names(places_of_users([pk])))
    return user


@audits_escalation
def oversee_as_role(pk: int, *, add: Scope, remove: Scope, actor: User) -> Role:
    """数据明细 of a role with the scope 辖区: they count for everybody who has it. Never for a role of one's own."""
    role: Role = Role.objects.visible_to(actor, FOR_ROLE).locked(pk)
    check_role(role, actor, FOR_ROLE)
    before = place_names(places_of_role(pk))
    _change(role, add, remove, actor, FOR_ROLE)
    check_role(Role.objects.get(pk=pk), actor, FOR_ROLE)
    record(actor, "role.jurisdiction", role, before=before, after=place_names(places_of_role(pk)))
    return role


def oversee_own(community: Community, actor: User) -> None:
    """Give a new 小区 into the 辖区 of its maker, unless the actor's scope reaches it anyway."""
    if not sees(actor, "property.view_community", community):
        assign_perm(OVERSEE["community"], actor, community)
        office = community.office_id
        record(actor, "user.jurisdiction", actor, after=[community.name], note="新增小区", office_id=office)


def _change(holder: User | Role, add: Scope, remove: Scope, actor: User, permission: str) -> None:
    held = places_of_role(holder.pk) if isinstance(holder, Role) else places_of_users([holder.pk])
    for name, had, new, gone in (
        ("community", held.communities, add.communities, remove.communities),
        ("building", held.buildings, add.buildings, remove.buildings),
    ):
        if granted := _places(holder, MODELS[name], new - had, actor, permission):
            assign_perm(OVERSEE[name], holder, granted)
        if taken := _places(holder, MODELS[name], gone & had, actor, permission):
            remove_perm(OVERSEE[name], holder, MODELS[name].objects.filter(pk__in=[place.pk for place in taken]))


def _places(holder: User | Role, model: Any, ids: Iterable[int], actor: User, permission: str) -> Any:
    """Lock these places, so that none is deleted before its grant is written; `Refusal` beyond the actor's scope."""
    wanted = set(ids)
    mine = model.objects.visible_to(actor, permission).filter(pk__in=wanted).order_by().values("pk")
    found = list(model.objects.select_for_update().filter(pk__in=mine).order_by("pk")) if wanted else []
    if len(found) < len(wanted):
        raise Escalation("包含不在您数据范围内的小区或楼幢", holder)
    return found


SWEEP = """
DELETE FROM guardian_{holder}objectpermission AS g
USING auth_permission AS p, django_content_type AS t
WHERE p.id = g.permission_id AND t.id = g.content_type_id AND t.app_label = 'property' AND t.model = '{model}'
    AND p.codename = 'oversee_{model}' AND NOT EXISTS (SELECT FROM property_{model} WHERE id = g.object_pk::bigint)
"""


def sweep_grants() -> None:
    """Take away the grants of places that are gone: guardian has no foreign key to them."""
    with connection.cursor() as cursor:
        for holder in ("user", "group"):
            for model in MODELS:
                cursor.execute(SWEEP.format(holder=holder, model=model))
