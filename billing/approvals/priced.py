"""Changes that orders are priced from: the orders of the current season follow, past seasons stay as they are."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Sum

from accounts.models import User
from billing.models import Contract, Excess, Order, Prepayment, Season
from billing.services.bill_run import lock_communities
from billing.services.orders import Facts, rerate
from billing.states import FeeKind
from heating.approvals.rules import Figures
from heating.kit.errors import Refusal
from heating.kit.money import ZERO
from org.parameters import text_parameter
from property.models import ChangeRequest, Owner, Room
from property.services.changes import Change
from property.states import HeatState, Relief

AREAS = {"floor_area", "inner_area", "height"}


class PricedChange(Change):
    """A change whose money effect is that of the orders, the 预存款 and the 挂账 of the rooms that it affects."""

    def affected_rooms(self, row: ChangeRequest) -> list[int]:
        """Return the rooms whose orders may change: its own, and all of an owner whose relief changes."""
        found = {row.room_id} if row.room_id is not None else set()
        if not found or any(field.fact == "relief" for name, field in self.fields.items() if name in row.after):
            owner = row.room.owner_id if row.room is not None else row.owner_id
            found |= set(Room.objects.filter(owner_id=owner).values_list("pk", flat=True))
        return sorted(found)

    def lock(self, row: ChangeRequest, *, deciding: bool = False) -> None:
        """Lock the orders concerned, before any room: a payment holds its orders first as well.

        When deciding, no bill run may make an order in these communities before the change is written.
        """
        rooms = self.affected_rooms(row)
        if deciding:
            places = sorted(set(Room.objects.filter(pk__in=rooms).values_list("community_id", flat=True)))
            with connection.cursor() as cursor:
                lock_communities(cursor, places)
        list(Order.objects.select_for_update().filter(room_id__in=rooms).order_by("id").values_list("pk"))

    def figures(self, row: ChangeRequest) -> Figures:
        """Return every living order of the rooms concerned, their 预存款 and what is owed back."""
        rooms = self.affected_rooms(row)
        orders = Order.objects.alive().filter(room_id__in=rooms).select_related("season").order_by("season__year", "id")
        found = {
            f"{o.season.name} {o.get_fee_kind_display()} {'补差' if o.seq > 1 else ''}".strip()
            + f" #{o.account_no}/{o.seq}": {
                "line": f"{o.get_line_display()} {o.line_amount}",
                "principal": str(o.principal),
                "due": str(o.due),
            }
            for o in orders
        }
        held = Prepayment.objects.filter(room_id__in=rooms).aggregate(total=Sum("balance"))["total"] or ZERO
        excess = Excess.objects.filter(room_id__in=rooms)
        owed = excess.aggregate(total=Sum(F("amount") - F("returned")))["total"] or ZERO
        for what, amount in (("预存款", held), ("待退还业主", owed)):
            found[what] = {"line": "", "principal": "", "due": str(-amount)}
        return found

    def follow(
        self, row: ChangeRequest, owner: Owner, room: Room | None, facts: set[str], *, on: date, actor: User
    ) -> None:
        if "relief" in facts:
            refuse_bare_relief(row, owner)
        self.reprice(row, owner, room, facts, None, on=on, actor=actor)

    def reprice(
        self,
        row: ChangeRequest,
        owner: Owner,
        room: Room | None,
        facts: set[str],
        contract: Contract | None,
        *,
        on: date,
        actor: User,
    ) -> None:
        """Price the orders again of every room that the changed facts touch; `contract` is the room's new one."""
        for each in rooms_to_price(owner, room, facts, contract):
            own = room is None or each.pk == room.pk
            new = contract if own else None
            order = heat_order(each)
            if order is not None:
                mine = facts if own else facts & {"relief"}
                reason = f"{row.get_kind_display()} {row.number}"
                rerate(order, facts_for(each, owner, mine, new, order.season), on=on, reason=reason, actor=actor)
                self.repriced(order, new)

    def repriced(self, order: Order, contract: Contract | None) -> None:
        """Do what else an order needs that has been priced again."""


def rooms_to_price(owner: Owner, room: Room | None, facts: set[str], contract: Contract | None) -> list[Room]:
    """Return the rooms whose order is priced again; the changed room itself as the instance that was written."""
    if "relief" in facts:
        return [room if room is not None and each.pk == room.pk else each for each in owner.rooms.order_by("pk")]
    return [room] if room is not None and (facts or contract) else []


def heat_order(room: Room) -> Order | None:
    """Return the room's living heat order of the current season, locked, if a product prices it."""
    living = Order.objects.alive().filter(room=room, season__current=True, fee_kind=FeeKind.HEAT)
    order: Order | None = living.select_for_update(of=("self",)).select_related("season", "version").first()
    return order if order is not None and order.version_id is not None else None


def facts_for(room: Room, owner: Owner, facts: set[str], contract: Contract | None, season: Season) -> Facts:
    """Return the new values of the changed facts, as the price takes them."""
    given: dict[str, Any] = {name: getattr(room, name) for name in facts & AREAS}
    given["cleared"] = frozenset(name for name, value in given.items() if value is None)
    if "relief" in facts:
        given["relief"] = relief_for(owner, season)
    if "vacancy" in facts:
        given["vacancy"] = room.heat_state == HeatState.VACANT
    if contract is not None:
        given["version"] = contract.version
    return Facts(**given)


def relief_for(owner: Owner, season: Season) -> str:
    """Return the relief type that counts in a season: only when it is valid for the whole of it."""
    begun = owner.relief_from is None or owner.relief_from <= season.starts_on
    lasts = owner.relief_to is None or owner.relief_to >= season.ends_on
    return owner.relief if begun and lasts else Relief.NONE


def refuse_bare_relief(row: ChangeRequest, owner: Owner) -> None:
    """优抚 counts from a day to a day, on a paper."""
    if owner.relief == Relief.NONE:
        return
    if owner.relief_from is None or owner.relief_to is None:
        raise Refusal("优抚变更须填写有效期起止", field="relief_to")
    if text_parameter(owner.company_id, "优抚变更须附件") == "是" and not row.attachments.exists():
        raise Refusal("优抚变更须上传证明材料", field="files")
