"""A receipt adds up line by line: 应缴 − 已缴 − 本次 = 尚欠, after part payments, late fees and 预存款."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from payments.models import Payment, Receipt
from payments.receipt_pdf import Slip, _order_rows, receipt_pdf
from payments.services import take_payment
from payments.services.receipts import PAPERS
from payments.services.take import Till
from property.models import Room
from tests.billing.asking import NOW, Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return Town()


def content(town: Town, room: Room, amount: str, *, at: datetime = NOW, prepay: bool = False) -> dict:
    till = Till(uuid.uuid4(), "cash", Decimal(amount), prepay=prepay)
    payment: Payment = take_payment(room.pk, till, actor=town.alice, now=at)
    return Receipt.objects.get(payment=payment).content


def adds_up(said: dict) -> bool:
    rows = [row for order in said["orders"] for row in _order_rows(order)]
    lines = all(row.payable - row.before - row.now == row.left >= 0 for row in rows)
    return lines and sum(row.now for row in rows) + Decimal(said["prepaid"]) == Decimal(said["amount"])


def test_every_line_adds_up_through_a_life_of_part_payments(town: Town) -> None:
    room, late = town.room(), NOW + timedelta(days=200)
    for amount, at, prepay in (
        ("149.20", NOW, False),
        ("1000.00", NOW, False),
        ("900.01", late, False),
        ("500", late, True),
    ):
        said = content(town, room, amount, at=at, prepay=prepay)
        assert adds_up(said), said
    assert Decimal(said["prepaid"]) > 0 and said["orders"][0]["left"] == "0.00"


def test_a_changed_figure_would_be_noticed(town: Town) -> None:
    said = content(town, town.room(), "149.20")
    said["orders"][0]["paid_before"] = "1.00"
    assert not adds_up(said)


@pytest.mark.parametrize("paper", PAPERS)
def test_hostile_names_and_void_marks_print_on_every_paper(town: Town, paper: str) -> None:
    said = content(town, town.room(), "149.20") | {"owner": "张三<b>&𠮷\x00", "address": "<img src=x>"}
    slip = Slip(said, "S1", timezone.now(), "李四", 2, "冲正：错收")
    assert receipt_pdf(slip, paper=paper).startswith(b"%PDF")
