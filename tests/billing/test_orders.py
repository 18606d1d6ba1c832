"""Voiding and re-rating orders that stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from billing.models import Order, Prepayment
from billing.services.bill_run import bill_contracts
from billing.services.orders import Facts, rerate_order, void_order
from billing.services.settlement import settle
from billing.states import FeeKind, OrderState
from heating.audit.models import Record
from heating.kit.errors import Refusal
from reports.books import check_books
from tests import build

DAY = date(2025, 11, 20)
pytestmark = pytest.mark.django_db


class Town:
    """One billed room of 89.55 ㎡ on product A, and a manager."""

    def __init__(self) -> None:
        company = build.company()
        self.season = build.season(company)
        site = build.site(company)
        self.version = build.product(self.season)
        self.room = build.room(office=site)
        build.contract(self.room, self.version)
        bill_contracts(self.season, on=DAY, actor=None)
        self.order = Order.objects.get()
        role = build.role(company, "billing.reprice_order", "billing.approve_void", "billing.view_order")
        self.boss = build.user("boss", company, role)

    def pay(self, amount: str, on: date = DAY) -> None:
        n = next(build.serial)
        source = f"payment:{n}:settle"
        settle(self.room, amount=D(amount), on=on, payment_id=n, source=source, account="cash", actor=None)

    def rerate(self, **facts) -> Order:
        return rerate_order(self.order.pk, Facts(**facts), on=DAY, reason="面积更正", actor=self.boss)


@pytest.fixture
def town() -> Town:
    return Town()


def sound() -> bool:
    """Payments of these tests have no payment row, so only the rules about orders and ledger are asked."""
    return all(f.ok for f in check_books(["M2b", "M3a", "M4a", "M4c", "O1", "O2", "O3", "O4", "O5", "S3a", "S3b"]))


def test_an_open_order_is_priced_again_and_the_difference_posted(town):
    town.pay("1000.00")
    order = town.rerate(floor_area=D("92.10"))
    assert (order.pk, order.principal, order.due, order.state) == (
        town.order.pk,
        D("2210.40"),
        D("1210.40"),
        OrderState.PARTIAL,
    )
    assert [line.amount for line in order.lines.all()] == [D("2210.40")]
    assert Record.objects.get(event="order.rerate").note == "面积更正；应缴本金 2149.20 → 2210.40"
    assert sound()


def test_x09_a_closed_order_gets_a_supplement(town):
    town.pay("2149.20")
    extra = town.rerate(floor_area=D("92.10"))
    assert (extra.fee_kind, extra.principal, extra.due) == (FeeKind.SUPPLEMENT, D("61.20"), D("61.20"))
    assert Order.objects.get(pk=town.order.pk).principal == D("2149.20")
    assert town.rerate(floor_area=D("92.10")).pk == town.order.pk
    assert Order.objects.filter(fee_kind=FeeKind.SUPPLEMENT).count() == 1
    town.pay("61.20")
    assert not Order.objects.open().exists()
    assert sound()


def test_x08_a_lower_price_after_payment_gives_credit(town):
    dear = build.product(town.season, build.PRODUCT_E, price=D("28"), over_rule="none")
    cheap = type(dear).objects.create(
        product=dear.product, number=2, state="retired", **(build.PRODUCT_E.version | {"price": D("26")})
    )
    room = build.room(office=town.room.office, floor_area=D("75.35"))
    build.contract(room, dear)
    bill_contracts(town.season, on=date(2025, 9, 1), actor=None)
    order = Order.objects.get(room=room)
    settle(room, amount=D("2109.80"), on=DAY, payment_id=7, source="payment:7:settle", account="cash", actor=None)
    rerate_order(order.pk, Facts(version=cheap), on=DAY, reason="调价", actor=town.boss)
    order.refresh_from_db()
    assert (order.principal, order.paid, order.state) == (D("1959.10"), D("1959.10"), OrderState.PAID)
    assert Prepayment.objects.get(room=room).balance == D("150.70")
    assert sound()


def test_the_discount_of_the_closing_day_stays(town):
    room = build.room(office=town.room.office)
    build.contract(room, town.version)
    bill_contracts(town.season, on=date(2025, 9, 10), actor=None)
    early = date(2025, 9, 20)
    settle(room, amount=D("2106.22"), on=early, payment_id=8, source="payment:8:settle", account="cash", actor=None)
    order = Order.objects.get(room=room)
    extra = rerate_order(order.pk, Facts(floor_area=D("92.10")), on=DAY, reason="面积更正", actor=town.boss)
    assert extra.principal == D("2210.40") - D("44.21") - D("2106.22")


def test_a_further_correction_waits_for_the_supplement(town):
    town.pay("2149.20")
    town.rerate(floor_area=D("92.10"))
    with pytest.raises(Refusal, match="已有补差订单"):
        town.rerate(floor_area=D("91.00"))


def test_a_reason_is_needed(town):
    with pytest.raises(Refusal, match="原因"):
        rerate_order(town.order.pk, Facts(vacancy=True), on=DAY, reason="", actor=town.boss)
    with pytest.raises(Refusal, match="原因"):
        void_order(town.order.pk, on=DAY, reason="", actor=town.boss)


def test_an_unpaid_order_is_voided_and_leaves_the_books(town):
    order = void_order(town.order.pk, on=DAY, reason="重复开单", actor=town.boss)
    assert (order.state, order.note) == (OrderState.VOID, "重复开单")
    assert sound()
    assert bill_contracts(town.season, on=DAY, actor=None).orders == 1


def test_an_order_with_money_is_not_voided(town):
    town.pay("0.01")
    with pytest.raises(Refusal, match="已有缴费"):
        void_order(town.order.pk, on=DAY, reason="误开", actor=town.boss)


def test_orders_outside_the_scope_are_not_there(town):
    stranger = build.user("eve", build.company("邻市"), build.role(build.company("外市"), "billing.approve_void"))
    with pytest.raises(Order.DoesNotExist):
        void_order(town.order.pk, on=DAY, reason="x", actor=stranger)
