"""Taking cash at the counter: pages and services, on the real database."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from accounts.services.standard import add_standard_roles, standard_role
from billing.models import Allocation, LedgerEntry, Order, Prepayment
from billing.services.pricing import refresh
from billing.states import OrderState
from heating.audit.models import Record
from heating.kit.errors import Refusal
from payments.models import Payment, Receipt
from payments.services import reverse_payment, take_payment
from payments.services.take import Till
from payments.states import PaymentState, ReceiptState
from property.models import Room
from tests import build

NOW = datetime(2025, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def east() -> Any:
    return build.site(build.company())


@pytest.fixture
def alice(east: Any) -> Any:
    return build.cashier(east)


@pytest.fixture
def room(east: Any) -> Room:
    """A room of 89.55 ㎡ on product A with an old debt of 500.00 and this season's order."""
    home = build.room(office=east)
    season = build.season(east)
    old = build.season(east, 2024, current=False)
    build.old_debt(home, old, "500.00")
    build.order(build.contract(home, build.product(season)), on=NOW.date())
    return home


def till(amount: str, **fields: Any) -> Till:
    return Till(uuid.uuid4(), "cash", Decimal(amount), **fields)


def test_partial_payment_goes_to_the_oldest_season_first(room: Room, alice: Any) -> None:
    payment = take_payment(room.pk, till("1000.00"), actor=alice, now=NOW)
    old, new = Order.objects.filter(room=room).order_by("season__year")
    assert (old.state, old.due) == (OrderState.PAID, Decimal("0.00"))
    assert (new.state, new.paid, new.due) == (OrderState.PARTIAL, Decimal("500.00"), Decimal("1649.20"))
    assert payment.seasons == "2024-2025采暖季、2025-2026采暖季"
    sides = {
        side: sum(e.amount for e in LedgerEntry.objects.filter(side=side, group__source__startswith="payment"))
        for side in ("debit", "credit")
    }
    assert sides == {"debit": Decimal("1000.00"), "credit": Decimal("1000.00")}


def test_surplus_becomes_prepayment_only_when_asked(room: Room, alice: Any) -> None:
    with pytest.raises(Refusal, match="超过应缴"):
        take_payment(room.pk, till("2700.00"), actor=alice, now=NOW)
    assert not Payment.objects.exists()
    payment = take_payment(room.pk, till("2700.00", prepay=True), actor=alice, now=NOW)
    assert payment.prepaid == Decimal("50.80")
    assert Prepayment.objects.get(room=room).balance == Decimal("50.80")


def test_the_same_request_twice_is_one_payment(room: Room, alice: Any) -> None:
    once = till("100.00")
    first = take_payment(room.pk, once, actor=alice, now=NOW)
    assert take_payment(room.pk, once, actor=alice, now=NOW) == first
    assert Payment.objects.count() == Receipt.objects.count() == 1
    with pytest.raises(Refusal, match="提交过其他内容"):
        take_payment(room.pk, Till(once.request_id, "cash", Decimal("101.00")), actor=alice, now=NOW)


def test_a_changed_sum_is_refused_with_the_new_one(room: Room, alice: Any) -> None:
    with pytest.raises(Refusal, match=r"2649\.20"):
        take_payment(room.pk, till("100.00", expected_due=Decimal("2600.00")), actor=alice, now=NOW)


def test_receipt_numbers_run_without_gaps_and_survive_refusals(room: Room, alice: Any) -> None:
    for amount in ("10.00", "20.00"):
        take_payment(room.pk, till(amount), actor=alice, now=NOW)
        with pytest.raises(Refusal):
            take_payment(room.pk, till("99999.00"), actor=alice, now=NOW)
    numbers = list(Receipt.objects.order_by("seq").values_list("number", flat=True))
    assert numbers == [f"{alice.office.code}20251120{n:06d}" for n in (1, 2)]


def test_reversal_restores_the_orders_and_voids_the_receipt(room: Room, alice: Any) -> None:
    payment = take_payment(room.pk, till("2700.00", prepay=True), actor=alice, now=NOW)
    reverse_payment(payment.pk, reason="金额录错", actor=alice, now=NOW)
    assert {o.state for o in Order.objects.filter(room=room)} == {OrderState.UNPAID}
    assert sum(o.due for o in Order.objects.filter(room=room)) == Decimal("2649.20")
    assert Prepayment.objects.get(room=room).balance == 0
    assert Receipt.objects.get().state == ReceiptState.VOID
    assert Payment.objects.get().state == PaymentState.REVERSED
    with pytest.raises(Refusal, match="已冲正"):
        reverse_payment(payment.pk, reason="再来一次", actor=alice, now=NOW)
    signed = {"in": 1, "out": -1}
    assert sum(signed[a.direction] * a.amount for a in Allocation.objects.all()) == 0


def test_only_the_same_cashier_on_the_same_day_may_reverse(room: Room, alice: Any, east: Any) -> None:
    payment = take_payment(room.pk, till("100.00"), actor=alice, now=NOW)
    dora = build.cashier(east, "dora")
    with pytest.raises(Refusal, match="本人"):
        reverse_payment(payment.pk, reason="x", actor=dora, now=NOW)
    with pytest.raises(Refusal, match="当日"):
        reverse_payment(payment.pk, reason="x", actor=alice, now=NOW.replace(day=21))


def test_a_room_of_another_company_does_not_exist_for_the_cashier(room: Room) -> None:
    stranger = build.cashier(build.site(build.company("别家热力")), "eve")
    with pytest.raises(Room.DoesNotExist):
        take_payment(room.pk, till("1.00"), actor=stranger, now=NOW)


def test_deeds_are_audited(room: Room, alice: Any) -> None:
    payment = take_payment(room.pk, till("100.00"), actor=alice, now=NOW)
    reverse_payment(payment.pk, reason="录错", actor=alice, now=NOW)
    permissions = list(Record.objects.filter(actor=alice, event__startswith="payment").values_list("event", flat=True))
    assert sorted(permissions) == ["payment.reverse", "payment.take"]


def test_the_till_page_explains_and_takes_the_money(room: Room, alice: Any, client: Client) -> None:
    client.force_login(alice)
    page = client.get(f"/a/payments/rooms/{room.pk}/till/")
    assert page.status_code == 200
    form = page.context["form"]
    assert "89.55 ㎡ × 24 元/㎡·季" in page.content.decode()
    data = {
        "request_id": form["request_id"].value(),
        "expected_due": form["expected_due"].value(),
        "channel": "cash",
        "amount": "100",
        "tendered": "120.00",
    }
    done = client.post(f"/a/payments/rooms/{room.pk}/till/", data, follow=True)
    assert done.status_code == 200
    assert "20.00" in done.content.decode()
    receipt = Receipt.objects.get()
    for expected in ("", "补打"):
        paper = client.post(f"/a/payments/receipts/{receipt.pk}/print", {"paper": "80mm"})
        assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
        assert receipt.prints.count() == (2 if expected else 1)


@pytest.mark.parametrize("amount", ["-1", "1e2", "1_000", "0", "0.001", "abc", "", "999999999999", "٣", "\x00"])
def test_odd_amounts_are_refused_beside_the_field(room: Room, alice: Any, client: Client, amount: str) -> None:
    client.force_login(alice)
    data = {"request_id": str(uuid.uuid4()), "expected_due": "2649.20", "channel": "cash", "amount": amount}
    page = client.post(f"/a/payments/rooms/{room.pk}/till/", data)
    assert page.status_code == 422
    assert page.context["form"].errors["amount"]
    assert not Payment.objects.exists()


def test_refresh_changes_nothing_on_a_second_run(room: Room, alice: Any) -> None:
    order = Order.objects.filter(room=room).latest("season__year")
    before = (order.principal, order.due, LedgerEntry.objects.count())
    refresh(order, on=NOW.date(), actor=alice)
    assert (order.principal, order.due, LedgerEntry.objects.count()) == before


def test_a_receipt_explains_the_late_fee(room: Room, alice: Any) -> None:
    late = NOW.replace(year=2026, month=2, day=10)
    payment = take_payment(room.pk, till("2658.16"), actor=alice, now=late)
    told = payment.receipt.content["orders"][1]
    assert (told["late_label"], told["late_fee"]) == ("滞纳金（2 个月）", "8.96")
    assert told["late_text"].startswith("89.55 ㎡ × 0.05 元/㎡·月 × 2 个月")


def test_each_channel_has_its_key(room: Room, alice: Any, client: Client) -> None:
    client.force_login(alice)
    page = client.get(f"/a/payments/rooms/{room.pk}/till/").content.decode()
    assert 'data-key="F6"' in page and "现金（F6）" in page


def test_the_standard_cashier_alone_takes_prints_and_reverses(room: Room, east: Any, client: Client) -> None:
    add_standard_roles(east.company, actor=None)
    client.force_login(build.user("carla", east, standard_role(east.company, "CA")))
    address = f"/a/payments/rooms/{room.pk}/till/"
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in ("request_id", "expected_due", "channel")}
    done = client.post(address, data | {"amount": "100.00", "tendered": "100.00"}, follow=True)
    payment = Payment.objects.get()
    assert done.status_code == 200 and payment.receipt.number in done.content.decode()
    assert client.post(f"/a/payments/receipts/{payment.receipt.pk}/print", {"paper": "80mm"}).status_code == 200
    undone = client.post(f"/a/payments/{payment.pk}/reverse/", {"reason": "金额收错了"}, follow=True)
    assert undone.status_code == 200 and "已冲正" in undone.content.decode()


def test_the_till_says_that_the_late_fee_comes_first(room: Room, alice: Any, client: Client) -> None:
    client.force_login(alice)
    address = f"/a/payments/rooms/{room.pk}/till/?amount=100.00"
    assert "先冲滞纳金" not in client.get(address).content.decode()
    build.parameter(room.company, "冲抵顺序", "滞纳金优先")
    assert "先冲滞纳金" in client.get(address).content.decode()
