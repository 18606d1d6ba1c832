"""往年欠费: debts of earlier seasons, taken over as they stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from accounts.models import User
from billing.models import Order, OrderLine, Season
from billing.services.ledger import pair, post
from billing.services.rollup import move_rollup
from billing.states import OLD_DEBT, FeeKind, SeasonState
from heating.audit.services import record
from property.models import Room
from property.models.located import place_of


def order_number(on: date) -> str:
    """Take the next order number: D + yyyyMMdd + 8 digits, never reused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('billing_order_number')")
        return f"D{on:%Y%m%d}{cursor.fetchone()[0]:08d}"


def old_season(company_id: int, year: int) -> Season:
    """Return the season that an old debt names, made as an ended one when the company does not have it yet."""
    return Season.objects.get_or_create(
        company_id=company_id,
        year=year,
        defaults={
            "name": f"{year}-{year + 1}采暖季",
            "starts_on": date(year, 11, 15),
            "ends_on": date(year + 1, 3, 15),
            "state": SeasonState.ENDED,
        },
    )[0]


@transaction.atomic
def add_old_debt(room: Room, season: Season, amount: Decimal, *, on: date, actor: User) -> Order:
    """Book an unpaid principal of an earlier season; it has no tariff, so it earns no late fee."""
    order = Order.objects.create(
        number=order_number(on),
        **place_of(room),
        room=room,
        owner_id=room.owner_id,
        season=season,
        fee_kind=FeeKind.ARREARS,
        account_no=room.account_no,
        owner_name=room.owner.name,
        owner_kind=room.owner.kind,
        address=room.address,
        floor_area=room.floor_area,
        line_amount=amount,
        principal=amount,
        priced_on=on,
        overdue_from=season.ends_on,
        created_by=actor,
    )
    OrderLine.objects.create(
        order=order, position=1, kind="arrears", label="往年欠费", text=f"{season.name}转入的本金", amount=amount
    )
    lines = pair(OLD_DEBT, amount, order_id=order.pk, room_id=room.pk)
    post(f"order:{order.pk}:arrears", lines, on=on, place=room, actor=actor)
    order.refresh_from_db()
    move_rollup(order, None)
    record(actor, "order.add_arrears", order, after={"season": season.name, "principal": str(amount)})
    return order
