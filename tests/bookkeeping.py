"""Sound books of one company, made by the product's own services: what frauds are planted in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from accounts.models import User
from billing.models import Order
from billing.services.arrears import add_old_debt
from billing.services.bill_run import bill_contracts
from billing.services.daily_accrual import accrue_daily
from billing.services.orders import Facts, rerate
from org.models import Office
from payments.models import Payment
from payments.services import reverse_payment, take_payment
from payments.services.take import Till
from property.models import Room
from tests import build


@dataclass(frozen=True)
class Books:
    """Who and what the books are about."""

    company: Office
    site: Office
    alice: User
    rooms: list[Room]


def at(day: int, month: int = 9, year: int = 2025) -> datetime:
    return datetime(year, month, day, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def pay(room: Room, amount: str, *, by: User, day: int, month: int = 9, year: int = 2025) -> Payment:
    """Take cash for a room; a surplus becomes 预存款."""
    till = Till(request_id=uuid.uuid4(), channel="cash", amount=Decimal(amount), prepay=True)
    return take_payment(room.pk, till, actor=by, now=at(day, month, year))


def small_books() -> Books:
    """A season of several buildings with payments in whole and in part, a surplus, a reversal and a settled order."""
    company = build.company()
    season = build.season(company)
    site = build.site(company)
    alice = build.cashier(site)
    version = build.product(season)
    rooms = [build.room(office=site) for _ in range(4)]
    for room in rooms:
        build.contract(room, version)
    bill_contracts(season, on=date(2025, 9, 10), actor=None)
    for day, room, amount in ((12, 0, "2106.22"), (12, 1, "500.00"), (13, 1, "1700.00"), (13, 2, "100.00")):
        pay(rooms[room], amount, day=day, by=alice)
    last = pay(rooms[2], "50.00", day=13, by=alice)
    reverse_payment(last.pk, reason="误收", actor=alice, now=at(13))
    return Books(company, site, alice, rooms)


def full_books() -> Books:
    """The small books, and what came after: old debts, re-ratings both ways, a rolled day, late fees paid."""
    books = small_books()
    pay(books.rooms[3], "200.00", by=books.alice, day=13)
    with transaction.atomic():
        old = build.season(books.company, 2023, current=False)
        add_old_debt(books.rooms[2], old, Decimal("300.00"), on=date(2025, 9, 14), actor=books.alice)
        heat = {o.room_id: o for o in Order.objects.select_for_update().filter(fee_kind="heat")}
        for room, area in ((0, "95.00"), (1, "80.00"), (3, "91.00")):
            facts = Facts(floor_area=Decimal(area))
            rerate(heat[books.rooms[room].pk], facts, on=date(2025, 9, 20), reason="面积更正", actor=books.alice)
    accrue_daily(date(2026, 2, 3), actor=None)
    pay(books.rooms[2], "120.00", by=books.alice, day=4, month=2, year=2026)
    pay(books.rooms[2], "2100.00", by=books.alice, day=5, month=2, year=2026)
    return books


DROP_CONSTRAINTS = """
DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint
        WHERE contype IN ('c', 'u') AND connamespace = 'public'::regnamespace
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.tab, c.conname); END LOOP;
END $$
"""


def vandalise(sql: str, values: Any = None, *, constraints: bool = True) -> int:
    """Run SQL as an insider with the database's password would: triggers and foreign keys are off.

    Without `constraints` unique and check constraints are dropped as well.
    """
    with connection.cursor() as cursor:
        # Deferred checks of the books' own writes first; then nothing stands in the way.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        if not constraints:
            cursor.execute(DROP_CONSTRAINTS)
        cursor.execute(sql, values)
        count: int = cursor.rowcount
        cursor.execute("SET LOCAL session_replication_role = origin")
    return count
