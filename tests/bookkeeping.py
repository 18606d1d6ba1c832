"""Sound books of one company, made by the product's own services: what frauds are planted in."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import User
from billing.services.bill_run import bill_contracts
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


def at(day: int, month: int = 9) -> datetime:
    return datetime(2025, month, day, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def pay(room: Room, amount: str, *, day: int, by: User, month: int = 9) -> Payment:
    """Take cash for a room; a surplus becomes 预存款."""
    till = Till(request_id=uuid.uuid4(), channel="cash", amount=Decimal(amount), prepay=True)
    return take_payment(room.pk, till, actor=by, now=at(day, month))


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
