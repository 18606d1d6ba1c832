"""An immediate channel is one class and one list entry: here one of the tests' own, as docs/extending.md shows."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from billing.models import LedgerEntry, Order
from heating.kit.errors import Refusal
from payments import channels
from payments.channels.base import Instruction, Outcome
from payments.models import Receipt
from payments.services import reverse_payment, take_payment
from payments.services.take import Till
from payments.states import CHANNEL_LABELS, PaymentState
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


class Voucher:
    """代金券: a slip of paper that the cashier keeps."""

    code, label, immediate, key, account = "voucher", "代金券", True, "F9", "clearing:voucher"

    def start(self, instruction: Instruction, *, now: datetime) -> Outcome:
        return Outcome(instruction.number, PaymentState.SUCCEEDED, instruction.amount, at=now)

    def refund(self, instruction: Instruction, *, now: datetime) -> Outcome:
        return Outcome(instruction.refund_number, PaymentState.SUCCEEDED, instruction.amount, at=now)


def test_a_channel_in_the_list_is_offered_taken_shown_counted_and_reversed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = build.company()
    site = build.site(company)
    room = build.room(office=site)
    build.order(build.contract(room, build.product(build.season(site))), on=NOW.date())
    alice = build.cashier(site)
    till = Till(uuid4(), "voucher", Decimal("100.00"))
    with pytest.raises(Refusal, match="未开通"):
        take_payment(room.pk, till, actor=alice, now=NOW)
    monkeypatch.setattr(channels, "CHANNELS", [*channels.CHANNELS, Voucher()])
    monkeypatch.setitem(CHANNEL_LABELS, "voucher", "代金券")
    client.force_login(alice)
    assert "代金券（F9）" in client.get(f"/a/payments/rooms/{room.pk}/till/").content.decode()
    payment = take_payment(room.pk, till, actor=alice, now=NOW)
    assert LedgerEntry.objects.get(account="clearing:voucher").amount == payment.amount
    assert Order.objects.get(room=room).last_channel == "voucher"
    assert Receipt.objects.get(payment=payment).content["channel"] == "代金券"
    assert "代金券" in client.get("/a/payments/records/").content.decode()
    build_role = build.role(company, "reports.view_statement")
    client.force_login(build.user("mia", company, build_role))
    assert "代金券" in client.get("/a/reports/channels/").content.decode()
    assert reverse_payment(payment.pk, reason="错", actor=alice, now=NOW).state == PaymentState.REVERSED
