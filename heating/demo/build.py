"""Fills in the demo company, once, in one transaction."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from billing.models import Contract, Order, ProductVersion, Season
from billing.services.arrears import add_old_debt
from billing.services.bill_run import bill_contracts
from billing.services.contracts import contract_numbers
from billing.services.daily_accrual import accrue_daily
from billing.states import ContractSource, ContractState
from heating.demo import people, places, tariffs
from heating.demo.accounts import DEMO_ACCOUNTS, NEIGHBOUR_ACCOUNTS
from heating.kit.errors import Refusal
from heating.models import Installation
from heating.services import mark_demo
from org.models import Office
from payments.services import reverse_payment, take_payment
from payments.services.take import Till
from property.models import Room
from property.models.located import place_of
from property.states import HeatState, OwnerKind

COMPANY, CODE = "红日热力有限公司", "HR"
BILLED_ON = date(2025, 9, 1)
# Rooms pay on these days; every fifth room only in part, every sixth not at all.
PAY_DAYS = ((2025, 9, 18), (2025, 10, 15), (2025, 11, 6), (2025, 12, 20), (2026, 1, 12))
NAMESPACE = UUID("5f0c9a52-7d0e-4c1e-9b7f-0d6f3f3f2a10")
UNHEATED = (HeatState.DISMANTLED, HeatState.DISABLED)


def build_demo() -> bool:
    """Make the demo company and a small neighbour; return False when it stands already. `Refusal` outside demo mode."""
    if settings.PRODUCTION:
        raise Refusal("演示数据只能在演示模式下生成 (HEATING_MODE=demo)")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('demo'))")
        if Office.objects.exists():
            if not Installation.objects.filter(demo=True).exists():
                raise Refusal("数据库中已有正式数据，不能加入演示数据")
            return False
        mark_demo()
        _main_company()
        _neighbour()
        accrue_daily(timezone.localdate())
    return True


def _main_company() -> None:
    offices = people.add_company(COMPANY, CODE, ("东城收费站", "西城收费站"), ("客服部", "财务部"))
    users = people.add_users(DEMO_ACCOUNTS, offices, people.give_roles(offices["总公司"]))
    season = tariffs.add_season(offices["总公司"], 2025, current=True)
    earlier = tariffs.add_season(offices["总公司"], 2024, current=False)
    versions = tariffs.add_products(season, users["company"])
    rooms = places.add_places(places.EAST, offices["东城收费站"], users["company"], first=1001)
    rooms += places.add_places(places.WEST, offices["西城收费站"], users["company"], first=5001)
    for login in ("property", "reader"):
        people.give_jurisdiction(users[login], rooms[0].community)
    rooms[2].owner.user = users["owner"]
    rooms[2].owner.save(update_fields=["user"])
    for room in rooms[4::23]:
        add_old_debt(room, earlier, Decimal("500.00") + room.floor_area, on=BILLED_ON, actor=users["company"])
    _bill(rooms, season, versions, users["company"])
    _collect(rooms, {"东城收费站": users["cashier"], "西城收费站": users["cashier2"]})


def _neighbour() -> None:
    offices = people.add_company("邻市供热有限公司", "LS", ("邻市收费站",), ())
    users = people.add_users(NEIGHBOUR_ACCOUNTS, offices, people.give_roles(offices["总公司"]))
    season = tariffs.add_season(offices["总公司"], 2025, current=True)
    versions = tariffs.add_products(season, users["company2"])
    rooms = places.add_places(places.NEIGHBOUR, offices["邻市收费站"], users["company2"], first=1001)
    _bill(rooms, season, versions, users["company2"])


def _bill(rooms: list[Room], season: Season, versions: tuple[ProductVersion, ProductVersion], actor: User) -> None:
    """Sign every heated room, but leave a few unsigned and a few waiting for approval; bill the approved ones."""
    resident, business = versions
    for n, room in enumerate(rooms):
        if room.heat_state in UNHEATED or n % 37 == 5:
            continue
        version = business if room.owner.kind == OwnerKind.PUBLIC else resident
        Contract.objects.create(
            **place_of(room),
            room=room,
            owner=room.owner,
            season=season,
            product_id=version.product_id,
            version=version,
            number=contract_numbers(1, BILLED_ON)[0],
            state=ContractState.PENDING if n % 41 == 9 else ContractState.APPROVED,
            source=ContractSource.IMPORT,
            submitted_by=actor,
        )
    bill_contracts(season, on=BILLED_ON, actor=actor)


def _collect(rooms: list[Room], cashiers: dict[str, User]) -> None:
    """Take payments on days of the season: whole, in part, too much, one reversed; many rooms still owe."""
    for n, day in enumerate(PAY_DAYS):
        now = datetime(*day, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
        for k, room in enumerate(rooms[n::8]):
            if k % 6 == 5 or not Order.objects.filter(room=room).open().exists():
                continue
            due = Order.objects.filter(room=room).open().oldest_first().first().due
            amount = (due / 2).quantize(Decimal("0.01")) if k % 5 == 3 else due
            till = Till(uuid5(NAMESPACE, f"{room.pk}:{n}"), "cash", amount, prepay=True)
            cashier = cashiers[room.office.name]
            payment = take_payment(room.pk, till, actor=cashier, now=now)
            if n == 2 and k == 0:
                reverse_payment(payment.pk, reason="金额录错", actor=cashier, now=now)
