"""A billed town with someone who asks for changes and someone who decides them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from billing.models import Order
from billing.services.bill_run import bill_contracts
from heating.approvals.services import decisions
from payments.services import take_payment
from payments.services.take import Till
from property.models import ChangeRequest, Room
from property.services import changes
from reports.books import check_books
from tests import build

NOW = datetime(2025, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
ON = NOW.date()
VALID = {"relief_from": date(2025, 11, 1), "relief_to": date(2026, 10, 31)}
ASK = (
    "property.view_owner",
    "property.view_room",
    "property.request_owner_change",
    "property.request_room_change",
    "property.view_changerequest",
)
APPROVE = "property.approve_changerequest"


class Town:
    """One company with product A; alice asks and takes money, bob and dora decide."""

    def __init__(self) -> None:
        self.company = build.company()
        self.season = build.season(self.company)
        self.site = build.site(self.company)
        self.version = build.product(self.season)
        self.alice = build.cashier(self.site)
        self.alice.groups.add(build.role(self.company, *ASK))
        self.bob = build.user("bob", self.company, build.role(self.company, *ASK, APPROVE))
        self.dora = build.user("dora", self.company, build.role(self.company, *ASK, APPROVE))

    def room(self, version: Any = None, **fields: Any) -> Room:
        """A signed and billed room."""
        home = build.room(office=self.site, **fields)
        build.contract(home, version or self.version)
        bill_contracts(self.season, on=ON, actor=None)
        return home

    def pay(self, room: Room, amount: Decimal | str, **options: Any) -> None:
        take_payment(room.pk, Till(uuid4(), "cash", Decimal(amount), **options), actor=self.alice, now=NOW)

    def ask(self, room: Room, kind: str, after: dict[str, Any], **more: Any) -> ChangeRequest:
        return changes.request_change(kind, room.pk, after, reason="x", actor=self.alice, on=ON, **more)

    def ask_owner(self, room: Room, after: dict[str, Any], **more: Any) -> ChangeRequest:
        return changes.request_change("owner", room.owner_id, after, reason="x", actor=self.alice, on=ON, **more)

    def approve(self, request: ChangeRequest, by: Any = None, on: date = ON) -> list[dict[str, str]]:
        """Approve what is seen now; returns the effect."""
        by = by or self.bob
        rows, seen = changes.effect(request.pk, on=on, actor=by)
        decisions.approve(ChangeRequest, request.pk, seen=seen, actor=by, on=on, now=NOW)
        return rows


def assert_sound() -> None:
    """Ask all invariants; says which is broken by what."""
    broken = {f.invariant.code: f.rows[:2] for f in check_books() if not f.ok}
    assert not broken, broken


def due(room: Room) -> Decimal:
    """What the room's living orders ask for."""
    return sum((o.due for o in Order.objects.alive().filter(room=room)), Decimal(0))
