"""The single rules of taking money, giving it back and correcting an order."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from billing.models import Excess, LedgerGroup, Order, Prepayment
from billing.services.orders import Facts, rerate, rerate_order, void
from billing.services.prepayment import move_prepayment, owe_back
from billing.states import Direction, OrderState
from heating.audit.models import Record
from heating.kit.errors import Refusal
from payments.models import Payment, Receipt, ReceiptPrint
from payments.services import print_receipt, reverse_payment, take_payment
from payments.services.take import Till
from payments.states import OPEN, PaymentState
from property.models import ChangeRequest, Room
from tests import build
from tests.billing.asking import NOW, ON, Town, assert_sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def room(town: Town) -> Room:
    return town.room()


def till(amount: str, **fields: Any) -> Till:
    return Till(fields.pop("request_id", uuid.uuid4()), "cash", Decimal(amount), **fields)


def take(town: Town, room: Room, amount: str, **fields: Any) -> Payment:
    return take_payment(room.pk, till(amount, **fields), actor=town.alice, now=NOW)


def test_what_the_cashier_types_is_checked(town: Town, room: Room) -> None:
    for amount in ("0", "-1"):
        with pytest.raises(Refusal, match="大于 0") as told:
            take(town, room, amount)
        assert told.value.field == "amount"
    with pytest.raises(Refusal, match="少于收款金额") as told:
        take(town, room, "100.00", tendered=Decimal("99.99"))
    assert told.value.field == "tendered"
    paid = take(town, room, "100.00", tendered=Decimal("100.00"))
    assert (paid.change, paid.tendered) == (Decimal("0.00"), Decimal("100.00"))
    assert take(town, room, "100.00", tendered=Decimal("120.50")).change == Decimal("20.50")
    User.objects.filter(pk=town.alice.pk).update(office=None)
    town.alice = User.objects.get(pk=town.alice.pk)
    with pytest.raises((Refusal, Room.DoesNotExist)):
        take(town, room, "100.00")
    assert Payment.objects.count() == 2


def test_a_request_is_the_same_only_in_all_it_says(town: Town, room: Room) -> None:
    key = uuid.uuid4()
    first = take(town, room, "100.00", request_id=key)
    assert take(town, room, "100.00", request_id=key) == first and Payment.objects.count() == 1
    with pytest.raises(Refusal, match="已提交过其他内容"):
        take(town, room, "200.00", request_id=key)
    with pytest.raises(Refusal, match="已提交过其他内容"):
        take(town, town.room(), "100.00", request_id=key)


@pytest.mark.parametrize("state", OPEN)
def test_no_money_while_a_payment_of_the_room_has_no_end(town: Town, room: Room, state: str) -> None:
    open_one = take(town, room, "100.00")
    Payment.objects.filter(pk=open_one.pk).update(state=state)
    with pytest.raises(Refusal, match=open_one.number):
        take(town, room, "100.00")
    take(town, town.room(), "100.00")


def test_used_prepayment_is_not_reversed(town: Town, room: Room) -> None:
    paid = take(town, room, "2200.00", prepay=True)
    group = LedgerGroup.objects.create(
        source="test:use", on=ON, company_id=room.company_id, office_id=room.office_id, actor=town.alice
    )
    assert move_prepayment(room.pk, group, Decimal("0.80"), on=ON, direction=Direction.OUT) == Decimal("50.00")
    with pytest.raises(Refusal, match="已被使用"):
        reverse_payment(paid.pk, reason="x", actor=town.alice, now=NOW)
    with pytest.raises(Refusal, match="余额不足"):
        move_prepayment(room.pk, group, Decimal("50.01"), on=ON, direction=Direction.OUT)
    paid.refresh_from_db()
    assert paid.state == PaymentState.SUCCEEDED and Order.objects.get(room=room).state == OrderState.PAID


def test_unused_prepayment_goes_back_to_the_last_fen(town: Town, room: Room) -> None:
    paid = take(town, room, "2200.00", prepay=True)
    assert Prepayment.objects.get(room=room).balance == Decimal("50.80")
    assert reverse_payment(paid.pk, reason="错", actor=town.alice, now=NOW).state == PaymentState.REVERSED
    assert Prepayment.objects.get(room=room).balance == Decimal("0.00")
    with pytest.raises(Refusal):
        reverse_payment(paid.pk, reason="错", actor=town.alice, now=NOW)
    assert_sound()


def cheaper(town: Town, room: Room, area: str = "85.00") -> None:
    """Approve on the same day a change that takes the principal below 2149.20."""
    town.approve(town.ask(room, "area", {"floor_area": area}))


@pytest.mark.parametrize("amount", ["2149.20", "2200.00"])
def test_what_a_cheaper_price_freed_goes_back_with_the_payment(town: Town, room: Room, amount: str) -> None:
    paid = take(town, room, amount, prepay=True)
    cheaper(town, room)
    freed = Decimal(amount) - Decimal("2040.00")
    assert Prepayment.objects.get(room=room).balance == freed
    assert reverse_payment(paid.pk, reason="错", actor=town.alice, now=NOW).state == PaymentState.REVERSED
    order = Order.objects.get(room=room)
    assert (order.state, order.paid, order.principal) == (OrderState.UNPAID, Decimal(0), Decimal("2040.00"))
    assert Prepayment.objects.get(room=room).balance == Decimal(0)
    assert_sound()
    take(town, room, "2040.00", expected_due=Decimal("2040.00"))
    assert_sound()


def test_what_was_freed_and_used_keeps_the_payment(town: Town, room: Room) -> None:
    paid = take(town, room, "2149.20")
    cheaper(town, room)
    assert owe_back(room, f"change:{ChangeRequest.objects.get().pk}:prepayment", on=ON, reason="x", actor=town.bob)
    with pytest.raises(Refusal, match="预存款已被使用，不能冲正"):
        reverse_payment(paid.pk, reason="错", actor=town.alice, now=NOW)
    paid.refresh_from_db()
    assert paid.state == PaymentState.SUCCEEDED and Order.objects.get(room=room).paid == Decimal("2040.00")
    assert_sound()


def test_the_last_of_two_payments_takes_no_more_than_was_freed(town: Town, room: Room) -> None:
    first, last = take(town, room, "1000.00"), take(town, room, "1149.20")
    cheaper(town, room)
    reverse_payment(last.pk, reason="错", actor=town.alice, now=NOW)
    order = Order.objects.get(room=room)
    assert (order.paid, Prepayment.objects.get(room=room).balance) == (Decimal("1000.00"), Decimal(0))
    assert_sound()
    reverse_payment(first.pk, reason="错", actor=town.alice, now=NOW)
    assert Order.objects.get(room=room).paid == Decimal(0)
    assert_sound()


def test_nothing_is_owed_where_nothing_was_prepaid(town: Town, room: Room) -> None:
    assert owe_back(room, "test:owe", on=ON, reason="x", actor=town.alice) is None
    assert not LedgerGroup.objects.filter(source="test:owe").exists() and not Excess.objects.exists()
    assert Prepayment.objects.get(room=room).office_id == room.office_id


def test_a_receipt_says_its_company_its_order_and_how_often_it_was_printed(town: Town, room: Room) -> None:
    receipt = Receipt.objects.get(payment=take(town, room, "149.20"))
    assert receipt.content["company"] == town.company.name
    (order,) = receipt.content["orders"]
    assert (order["paid_now"], order["late_now"], order["left"]) == ("149.20", "0.00", "2000.00")
    assert order["price"] and order["floor_area"] == "89.55" and order["late_label"] == "滞纳金"
    build.parameter(town.company, "回单收费单位", "红日收费中心")
    assert Receipt.objects.get(payment=take(town, room, "1.00")).content["company"] == "红日收费中心"
    with pytest.raises(Refusal, match="没有这种纸张"):
        print_receipt(receipt.pk, paper="A0", actor=town.alice)
    assert not ReceiptPrint.objects.exists()
    assert [print_receipt(receipt.pk, paper="A5", actor=town.alice)[1] for _ in range(3)] == [0, 1, 2]
    told = Record.objects.filter(event="receipt.reprint", target_id=receipt.pk).order_by("id")
    assert [one.note for one in told] == ["补打第 1 次，A5", "补打第 2 次，A5"]


def test_an_order_with_any_money_is_not_voided_and_a_void_one_not_priced(town: Town, room: Room) -> None:
    order = Order.objects.get(room=room)
    for field in ("paid", "late_paid"):
        setattr(order, field, Decimal("0.01"))
        with pytest.raises(Refusal, match="已有缴费"):
            void(order, on=ON, reason="x", actor=town.bob)
        order.refresh_from_db()
    gone = void(order, on=ON, reason="重复", actor=town.bob)
    assert (gone.state, gone.next_change_on, gone.note) == (OrderState.VOID, None, "重复")
    for what in (gone, build.old_debt(room, build.season(town.company, 2023, current=False), "5.00")):
        with pytest.raises(Refusal, match="不能重新计价"):
            rerate(what, Facts(floor_area=Decimal("90")), on=ON, reason="x", actor=town.bob)


def test_heated_days_lie_inside_the_season_and_the_audit_tells_both_values(town: Town, room: Room) -> None:
    town.bob.groups.add(build.role(town.company, "billing.reprice_order"))
    boss = User.objects.get(pk=town.bob.pk)
    order = Order.objects.get(room=room)
    days = order.version.season_days
    for wrong in (-1, days + 1):
        with pytest.raises(Refusal, match="超出采暖季"):
            rerate_order(order.pk, Facts(heated_days=wrong), on=ON, reason="x", actor=boss)
    none = Order.objects.get(room=town.room())
    assert rerate_order(none.pk, Facts(heated_days=0), on=ON, reason="x", actor=boss).heated_days == 0
    rerate_order(order.pk, Facts(heated_days=days), on=ON, reason="x", actor=boss)
    rerate_order(order.pk, Facts(floor_area=Decimal("92.10")), on=ON, reason="测量", actor=boss)
    told = Record.objects.filter(event="order.rerate", target_id=order.pk).latest("id")
    assert (told.before, told.after) == ({"floor_area": "89.55"}, {"floor_area": "92.10"})
    assert told.note.startswith("测量；应缴本金 2149.20 → 2210.40")
