"""Stored figures follow the days, by the set-based road and by the single order, to the fen."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db.models import F, Sum

from billing.models import LedgerEntry, Order, Prepayment, SeasonRollup
from billing.queries import price, quote
from billing.services.bill_run import bill_contracts
from billing.services.daily_accrual import accrue_daily
from billing.services.pricing import refresh
from billing.services.settlement import settle, take_back
from billing.states import OrderState
from tests import build
from tests.billing import cases

pytestmark = pytest.mark.django_db


def billed(site, version, *, on: date, **room) -> Order:
    contract = build.contract(build.room(office=site, **room), version)
    bill_contracts(version.product.season, on=on, actor=None)
    return Order.objects.get(contract=contract)


@pytest.fixture
def place():
    company = build.company()
    return build.season(company), build.site(company)


def pay(order: Order, amount: str, on: date, **options) -> None:
    n = next(build.serial)
    settle(
        order.room,
        amount=D(amount),
        on=on,
        payment_id=n,
        source=f"payment:{n}:settle",
        account="cash",
        actor=None,
        prepay=True,
        **options,
    )


def figures(order: Order) -> tuple:
    order.refresh_from_db()
    return order.line, order.line_amount, order.discount, order.principal, order.late_accrued, order.next_change_on


def test_a_discount_ends_and_the_late_fee_begins(place):
    season, site = place
    order = billed(site, build.product(season), on=date(2025, 9, 10))
    assert accrue_daily(date(2025, 9, 30)) == 0
    assert accrue_daily(date(2025, 10, 1)) == 1
    assert figures(order) == ("standard", D("2149.20"), D("0"), D("2149.20"), D("0"), date(2026, 1, 1))
    assert [line.kind for line in order.lines.all()] == ["heat"]
    assert accrue_daily(date(2026, 3, 15)) == 1
    assert figures(order)[4:] == (D("13.43"), date(2026, 4, 1))
    assert order.due == D("2162.63")


def test_running_again_on_the_same_day_changes_nothing(place):
    season, site = place
    billed(site, build.product(season), on=date(2025, 9, 10))
    accrue_daily(date(2025, 10, 1))
    entries = LedgerEntry.objects.count()
    assert accrue_daily(date(2025, 10, 1)) == 0
    assert LedgerEntry.objects.count() == entries


def test_a_vacancy_that_was_not_paid_in_time_lapses(place):
    season, site = place
    order = billed(site, build.product(season), on=date(2025, 9, 10), heat_state="vacant")
    pay(order, "300.00", date(2025, 10, 20))
    assert figures(order)[:4] == ("vacancy", D("644.76"), D("0"), D("644.76"))
    accrue_daily(date(2025, 11, 10))
    assert figures(order)[:4] == ("standard", D("2149.20"), D("0"), D("2149.20"))
    assert (order.paid, order.due, order.state) == (D("300.00"), D("1849.20"), OrderState.PARTIAL)


def test_the_late_fee_follows_the_payments_as_they_were_made(place):
    season, site = place
    order = billed(site, build.product(season), on=date(2025, 11, 20))
    pay(order, "1000.00", date(2026, 1, 1))
    accrue_daily(date(2026, 2, 10))
    assert figures(order)[4] == D("6.87")


def test_a_settled_order_is_left_alone(place):
    season, site = place
    order = billed(site, build.product(season), on=date(2025, 9, 10))
    pay(order, "2106.22", date(2025, 9, 20))
    assert order.due != 0
    assert figures(order)[3:] == (D("2106.22"), D("0"), None)
    assert (order.state, order.closed_on) == (OrderState.PAID, date(2025, 9, 20))
    assert accrue_daily(date(2026, 3, 1)) == 0
    assert quote(order, date(2026, 3, 1)).due == 0


def contribution(order: Order) -> dict[str, D | int]:
    """What a living order adds to the sums, said once more without SQL."""
    paid = order.state == OrderState.PAID
    same = ("charge_area", "principal", "paid", "late_accrued", "late_waived", "late_paid", "discount")
    return {name: getattr(order, name) for name in same} | {
        "orders": 1,
        "relief_saved": order.standard_fee - order.line_amount if order.line == "relief" else 0,
        "vacancy_orders": int(order.line == "vacancy"),
        "paid_orders": int(paid),
        "paid_area": order.charge_area if paid else 0,
    }


def test_ledger_and_rollup_follow(place):
    season, site = place
    order = billed(site, build.product(season), on=date(2025, 9, 10))
    pay(order, "500.00", date(2025, 9, 12))
    accrue_daily(date(2026, 2, 10))
    order.refresh_from_db()
    sides = dict(LedgerEntry.objects.filter(account="receivable").values_list("side").annotate(total=Sum("amount")))
    assert sides["debit"] - sides["credit"] == order.principal - order.paid
    rollup = SeasonRollup.objects.get()
    assert {name: getattr(rollup, name) for name in contribution(order)} == contribution(order)


def test_a_principal_that_falls_to_what_was_paid_closes_the_order_and_frees_the_rest(place):
    season, site = place
    order = billed(site, build.product(season), on=date(2025, 8, 20))
    pay(order, "2120.00", date(2025, 8, 25))
    assert accrue_daily(date(2025, 9, 1)) == 1
    order.refresh_from_db()
    assert (order.principal, order.paid, order.due, order.state) == (D("2106.22"), D("2106.22"), 0, OrderState.PAID)
    assert Prepayment.objects.get(room=order.room).balance == D("13.78")
    assert accrue_daily(date(2025, 10, 1)) == 0


def test_taking_a_payment_back_opens_the_order_again(place):
    season, site = place
    order = billed(site, build.product(season), on=date(2025, 9, 10))
    on = date(2025, 9, 20)
    settle(order.room, amount=D("2106.22"), on=on, payment_id=1, source="payment:1:settle", account="cash", actor=None)
    take_back(order.room, on=on, payment_id=1, source="payment:1:reverse", account="cash", actor=None)
    order.refresh_from_db()
    assert (order.state, order.paid, order.closed_on, order.next_change_on) == (
        OrderState.UNPAID,
        0,
        None,
        date(2025, 10, 1),
    )


def random_orders(season, site, rng: random.Random, count: int) -> list[Order]:
    tariffs = [cases.some_tariff(rng) for _ in range(12)]
    stored = cases.store(tariffs, season)
    unit = build.unit(build.building(build.community(site)))
    owners = {kind: build.owner(site, relief=kind) for kind in ("normal", "low_income", "special")}
    for n in range(count):
        tariff = rng.choice(tariffs)
        facts = cases.some_inputs(rng, tariff)
        room = build.room(
            unit,
            number=f"{n}",
            owner=owners[facts.relief],
            floor_area=facts.floor_area,
            inner_area=facts.inner_area,
            height=facts.height,
            heat_state="vacant" if facts.vacancy else "normal",
        )
        build.contract(room, stored[tariff])
    bill_contracts(season, on=date(2025, 3, 15), actor=None)
    return list(Order.objects.order_by("pk"))


@pytest.mark.parametrize("seed", range(3))
def test_a_season_of_random_orders_stays_true_to_the_rules(place, seed):
    """Bill, pay at random and roll for two years: stored figures, ledger and rollup always equal the rules."""
    rng = random.Random(seed)
    season, site = place
    orders = random_orders(season, site, rng, 60)
    day = date(2025, 3, 15)
    for _ in range(14):
        day += timedelta(days=rng.randint(1, 80))
        accrue_daily(day)
        for order in rng.sample(orders, 12):
            order.refresh_from_db()
            if order.due > 0:
                pay(order, str(rng.choice((order.due, max(D("0.01"), round(order.due / 3, 2))))), day)
        accrue_daily(day)
        check(orders, day)


def check(orders: list[Order], day: date) -> None:
    for order in orders:
        order.refresh_from_db()
        fresh = price(order, min(day, order.priced_on) if order.state == OrderState.PAID else day)
        assert (order.line, order.line_amount, order.principal, order.late_accrued, order.closed_on) == (
            fresh.line,
            fresh.line_amount,
            fresh.principal,
            fresh.late.amount,
            fresh.closed_on,
        ), order.pk
        assert order.due == fresh.due and fresh.surplus == 0
        assert sum(line.sign * line.amount for line in order.lines.all()) == order.principal
        assert (order.due == 0) == (order.state == OrderState.PAID)
    total = Order.objects.aggregate(due=Sum(F("principal") - F("paid")))["due"]
    sides = dict(LedgerEntry.objects.filter(account="receivable").values_list("side").annotate(t=Sum("amount")))
    assert sides["debit"] - sides.get("credit", 0) == total
    rollup = SeasonRollup.objects.get()
    parts = [contribution(order) for order in orders]
    assert {n: getattr(rollup, n) for n in parts[0]} == {n: sum(p[n] for p in parts) for n in parts[0]}


def test_the_single_order_gives_what_the_set_gives(place):
    rng = random.Random(7)
    season, site = place
    orders = random_orders(season, site, rng, 60)
    day = date(2026, 1, 20)
    accrue_daily(day)
    for order in orders:
        order.refresh_from_db()
        by_set = figures(order), list(order.lines.values_list("kind", "label", "text", "amount"))
        refresh(order, on=day, actor=None)
        assert by_set == (figures(order), list(order.lines.values_list("kind", "label", "text", "amount")))
