"""停用 of a place, and 迁移: 楼幢 to another 小区, 单元 to another 楼幢, 小区 to another 机构, with their money.

A row carries its own place. What is still running follows to the new place: contracts, the orders of
seasons that are not over (paid or not, so that no statement splits a building), 预存款 and open requests. What is past
stays where it happened: payments, receipts, ledger, and the orders of earlier seasons, which the till still collects
because it goes by the room.

Lock order: waiting contracts, communities, the office or building to move to, the place, requests, rooms, orders,
预存款, rollup rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q, Sum

from accounts.models import User
from billing.bulk import moving
from billing.models import Contract, Order
from billing.services.bill_run import lock_communities
from billing.services.pg_planner import planned
from billing.states import ContractState, SeasonState
from heating.approvals.states import ApprovalState
from heating.audit.history import sign_history
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.money import ZERO
from org.models import Office
from org.services import use_office
from property.models import Building, ChangeRequest, Community, Room, Unit
from property.services.places import PERMISSION, readdress
from property.services.places import switch_place as switch

# Where each kind of place may go, by which column it says so, and the permission that its mover needs there: who may
# not add a 楼幢 to a 小区 may not move one into it either.
TARGETS: dict[type[Any], tuple[type[Any], str, str]] = {
    Community: (Office, "office", "property.change_community"),
    Building: (Community, "community", "property.add_building"),
    Unit: (Building, "building", "property.add_unit"),
}
FEW = 500
RUNNING = Q(season__current=True) | Q(
    season__state__in=(SeasonState.PREPARING, SeasonState.COLLECTING, SeasonState.HEATING)
)


@dataclass(frozen=True)
class Load:
    """What goes along with a place: rooms, living contracts, orders with something due and their sum in 元."""

    rooms: int
    contracts: int
    orders: int
    due: Decimal


def rooms_of(place: Any) -> Any:
    """Return the rooms that stand in a place."""
    return Room.objects.filter(**{place._meta.model_name: place}).order_by()


def living_contracts(place: Any) -> Any:
    """Return the contracts of the rooms of a place that are approved, or on the way, in a season that is not over."""
    states = (ContractState.DRAFT, ContractState.PENDING, ContractState.APPROVED)
    return Contract.objects.filter(RUNNING, room__in=rooms_of(place).values("pk"), state__in=states)


def load_of(place: Any) -> Load:
    """Return what would go along with a place."""
    orders = Order.objects.open().filter(RUNNING, room__in=rooms_of(place).values("pk")).order_by()
    sums = orders.aggregate(orders=Count("pk"), due=Sum("due", default=ZERO))
    return Load(rooms_of(place).count(), living_contracts(place).count(), sums["orders"], sums["due"])


@transaction.atomic
def move_place(model: type[Any], pk: int, target: int, *, actor: User) -> Any:
    """Move a place below `target` (机构, 小区 or 楼幢, by the kind of the place) and let what is running follow.

    `Refusal` when it stands there already, would leave its company, would come below something 停用, or meets its
    own name there.
    """
    column = TARGETS[model][1]
    place, to = _held(model, pk, target, actor)
    _check(place, to, column)
    before = getattr(place, column)
    values = _locked(place) | {"to": to.pk if model is Unit else 0}
    setattr(place, column, to)
    try:
        with transaction.atomic():
            place.save(update_fields=[column])
    except IntegrityError as error:
        raise Refusal(f"“{to}”已有同名的{model._meta.verbose_name}“{place}”", field="target") from error
    sign_history(actor, request="迁移")
    readdress(place)
    values["contracts"] = list(living_contracts(place).values_list("pk", flat=True))
    with planned(few=len(values["rooms"]) <= FEW) as cursor:
        for step in moving.STEPS:
            cursor.execute(step, values)
    after = {column: str(to)} | {name: len(values[name]) for name in ("rooms", "contracts", "orders")}
    record(
        actor,
        f"{model._meta.model_name}.move",
        place,
        before={column: str(before)},
        after=after,
        office_id=place.office_id,
    )
    return place


def _held(model: type[Any], pk: int, target: int, actor: User) -> tuple[Any, Any]:
    """Return place and target in scope, neither of which can go elsewhere meanwhile."""
    above, _, permission = TARGETS[model]
    place = model.objects.visible_to(actor, PERMISSION[model]).get(pk=pk)
    # An approval holds its contract and waits for the community, so these come first.
    waiting = living_contracts(place).filter(state=ContractState.PENDING)
    list(waiting.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    to = above.objects.visible_to(actor, permission).get(pk=target)
    around = sorted({_community(place), _community(to) or _community(place)})
    with connection.cursor() as cursor:
        # From the top down, as an import takes them.
        lock_communities(cursor, around)
        if model is Unit:
            cursor.execute("SELECT FROM property_building WHERE id = %s FOR SHARE", [target])
    if model is Community:
        use_office(target)
    # A payment refers to its place when it commits: that must not wait for us while we wait for its orders.
    place = model.objects.select_for_update(no_key=True).get(pk=pk)
    to = above.objects.visible_to(actor, permission).get(pk=target)
    if {_community(place), _community(to) or _community(place)} - set(around):
        raise Refusal(f"“{place}”刚刚已被迁移，请刷新后重试")
    return place, to


def _check(place: Any, to: Any, column: str) -> None:
    if getattr(place, f"{column}_id") == to.pk:
        raise Refusal(f"“{place}”已在“{to}”", field="target")
    if _company(place) != _company(to):
        raise Refusal("不能迁移到另一家公司，那里的账不能混在一起", field="target")
    if not (to.active if isinstance(to, Office) else type(to).objects.offered().filter(pk=to.pk).exists()):
        raise Refusal(f"“{to}”已停用，不能迁入", field="target")


def _locked(place: Any) -> dict[str, Any]:
    """Lock open requests, rooms and running orders of a place; return the ids of rooms and orders."""
    here = rooms_of(place).values("pk")
    open_states = (ApprovalState.DRAFT, ApprovalState.PENDING)
    requests = ChangeRequest.objects.filter(room__in=here, state__in=open_states).order_by("pk")
    list(requests.select_for_update(of=("self",)).values_list("pk", flat=True))
    rooms = rooms_of(place).order_by("pk").select_for_update(of=("self",), no_key=True)
    ids = list(rooms.values_list("pk", flat=True))
    orders = Order.objects.alive().filter(RUNNING, room__in=ids).order_by("pk")
    return {"rooms": ids, "orders": list(orders.select_for_update(of=("self",)).values_list("pk", flat=True))}


def _community(place: Any) -> int:
    """Return the 小区 that a place is or stands in; 0 for an office."""
    if isinstance(place, Unit):
        return int(place.building.community_id)
    return int((place.pk if isinstance(place, Community) else getattr(place, "community_id", None)) or 0)


def _company(place: Any) -> int:
    if isinstance(place, Community | Office):
        return int(place.company_id or place.pk)  # a company is its own
    return _company(place.building if isinstance(place, Unit) else place.community)


@transaction.atomic
def switch_place(model: type[Any], pk: int, *, actor: User) -> Any:
    """停用 a place, or 启用 it again; `Refusal` with the number of contracts that would still be billed there.

    Money that is open does not keep it: old bills stay in every list and at the till.
    """
    place = model.objects.visible_to(actor, PERMISSION[model]).get(pk=pk)
    count = living_contracts(place).count() if place.active else 0
    if count:
        raise Refusal(f"“{place}”还有 {count} 份未结束采暖季的签约，请先终止签约，再停用")
    return switch(model, pk, actor=actor)
