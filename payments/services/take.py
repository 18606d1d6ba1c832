"""Taking a payment at the counter."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from billing.services.settlement import Settlement, settle
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.money import MAX_AMOUNT, ZERO
from payments.channels import channel_of
from payments.channels.base import Channel, Instruction, Outcome
from payments.models import Payment
from payments.services.receipts import issue_receipt, receipt_content
from payments.states import OPEN, PaymentState, payment_flow
from property.models import Room
from property.models.located import place_of


@dataclass(frozen=True)
class Till:
    """What the cashier decided: channel, amount in 元, whether a surplus becomes 预存款, and the cash given.

    `request_id` is made when the form opens; `expected_due` is the sum that the cashier saw.
    """

    request_id: uuid.UUID
    channel: str
    amount: Decimal
    prepay: bool = False
    expected_due: Decimal | None = None
    tendered: Decimal | None = None
    note: str = ""


def business_day(now: datetime) -> date:
    """Return the calendar day in Asia/Shanghai."""
    return timezone.localtime(now).date()


def take_payment(room_pk: int, till: Till, *, actor: User, now: datetime) -> Payment:
    """Take money for one room; the same `request_id` again returns the first payment (double click, reload, two tabs).

    `Refusal` when the amount is wrong, the due sum has changed, an online payment is open, or the request id was
    used for something else. Payment, split, ledger, receipt and audit are one transaction.
    """
    repeated = _repeated(room_pk, till, actor)
    if repeated:
        return repeated
    try:
        return _take(room_pk, till, actor=actor, now=now)
    except IntegrityError:
        # The same request arrived twice at once: the other one has committed by now, or this is a real fault.
        repeated = _repeated(room_pk, till, actor)
        if repeated is None:
            raise
        return repeated


def _repeated(room_pk: int, till: Till, actor: User) -> Payment | None:
    earlier = Payment.objects.filter(client_request_id=till.request_id).first()
    if earlier is None:
        return None
    same = (earlier.room_id, earlier.channel, earlier.amount, earlier.cashier_id)
    if same != (room_pk, till.channel, till.amount, actor.pk):
        raise Refusal("该收费页面已提交过其他内容，请重新打开收费页面")
    return earlier


@transaction.atomic
def _take(room_pk: int, till: Till, *, actor: User, now: datetime) -> Payment:
    room = Room.objects.visible_to(actor, "payments.take_payment").select_related("owner", "company").get(pk=room_pk)
    channel = channel_of(till.channel)
    change = _check(till, actor)
    _refuse_while_open(room)
    on = business_day(now)
    payment = _open_payment(room, till, channel.code, change, on=on, actor=actor)
    outcome = channel.start(Instruction(payment.number, payment.amount), now=now)
    settlement = settle(
        room,
        amount=payment.amount,
        on=on,
        payment_id=payment.pk,
        source=f"payment:{payment.pk}:settle",
        account=channel.account,
        actor=actor,
        expected_due=till.expected_due,
        prepay=till.prepay,
        channel=channel.code,
    )
    _succeed(payment, settlement, outcome, channel, on=on, actor=actor)
    return payment


def _open_payment(room: Room, till: Till, code: str, change: Decimal, *, on: date, actor: User) -> Payment:
    """Write the attempt down, with the room's place and names as they are now."""
    return Payment.objects.create(
        number=_number(on),
        client_request_id=till.request_id,
        channel=code,
        state=PaymentState.CREATED,
        amount=till.amount,
        tendered=till.tendered,
        change=change,
        site_id=actor.office_id,
        **place_of(room),
        room=room,
        account_no=room.account_no,
        owner_name=room.owner.name,
        owner_kind=room.owner.kind,
        address=room.address,
        cashier=actor,
        note=till.note,
    )


def _check(till: Till, actor: User) -> Decimal:
    """Check what the cashier typed and return the change to give."""
    if actor.office_id is None:
        raise Refusal("您的账号没有所属机构，不能收费")
    if not ZERO < till.amount <= MAX_AMOUNT:
        raise Refusal("收款金额须大于 0", field="amount")
    if till.tendered is None:
        return ZERO
    if till.tendered < till.amount:
        raise Refusal("实收现金少于收款金额", field="tendered")
    return till.tendered - till.amount


def _refuse_while_open(room: Room) -> None:
    """Take no money while an online payment of the room has no end yet."""
    pending = Payment.objects.filter(room=room, state__in=OPEN).first()
    if pending:
        raise Refusal(f"该户有一笔{pending.get_channel_display()}支付（{pending.number}）尚未完成，请先查询或关闭")


def _number(on: date) -> str:
    """Return a payment number: letters and digits, unique for ever, at most 32."""
    return f"P{on:%Y%m%d}{uuid.uuid4().hex[:16].upper()}"


def _succeed(
    payment: Payment, settlement: Settlement, outcome: Outcome, channel: Channel, *, on: date, actor: User
) -> None:
    """Write the settled payment, its audit row and, as the last thing before commit, its receipt."""
    before = payment.state
    payment.state = payment_flow.next("succeed", before)
    payment.on = on
    payment.paid_at = outcome.at
    payment.transaction_id = outcome.transaction_id
    payment.principal = settlement.principal
    payment.late_fee = settlement.late_fee
    payment.prepaid = settlement.prepaid
    payment.seasons = "、".join(dict.fromkeys(order.season.name for order in settlement.orders))[:200]
    payment.save(
        update_fields=["state", "on", "paid_at", "transaction_id", "principal", "late_fee", "prepaid", "seasons"]
    )
    record(
        actor,
        "payment.take",
        payment,
        before=before,
        after=payment.state,
        note=f"{channel.label} {payment.amount} 元，账号 {payment.account_no}",
    )
    issue_receipt(payment, receipt_content(payment, settlement, channel), on=on)
