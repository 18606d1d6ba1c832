"""同日冲正."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from billing.models import Allocation, Order
from billing.services.settlement import take_back
from heating.audit.services import record
from heating.kit.errors import Refusal
from payments.channels import channel_of
from payments.channels.base import Instruction
from payments.models import Payment, Receipt, Reversal
from payments.services.take import business_day
from payments.states import PaymentState, ReceiptState, payment_flow


@transaction.atomic
def reverse_payment(pk: int, *, reason: str, actor: User, now: datetime) -> Payment:
    """Take back a whole cash payment of the same cashier on the same day; its receipt stays listed as void.

    `Refusal` for another cashier's payment, another day's, one already reversed, a channel that needs a refund,
    or when the 预存款 that it brought has been used.
    """
    payment = Payment.objects.visible_to(actor, "payments.reverse_payment").get(pk=pk)
    # Lock order: orders before the payment, as in taking it.
    ids = Allocation.objects.filter(payment_id=pk).values_list("order_id", flat=True)
    list(Order.objects.select_for_update().filter(pk__in=sorted(set(ids))).order_by("id"))
    payment = Payment.objects.select_for_update().select_related("room").get(pk=pk)
    on = business_day(now)
    if payment.cashier_id != actor.pk:
        raise Refusal("只能冲正本人收取的缴费")
    after = payment_flow.next("reverse", payment.state)
    if payment.on != on:
        raise Refusal("只能冲正当日的缴费，隔日请走退费")
    channel = channel_of(payment.channel)
    if not channel.immediate:
        raise Refusal("线上支付不能冲正，请走退费")
    Reversal.objects.create(payment=payment, by=actor, on=on, reason=reason)
    take_back(
        payment.room,
        on=on,
        payment_id=payment.pk,
        source=f"payment:{payment.pk}:reverse",
        account=channel.account,
        actor=actor,
    )
    channel.refund(Instruction(payment.number, payment.amount), now=now)
    before, payment.state = payment.state, after
    payment.save(update_fields=["state"])
    Receipt.objects.filter(payment=payment).update(state=ReceiptState.VOID, void_reason=f"冲正：{reason}"[:200])
    record(actor, "payment.reverse", payment, before=before, after=PaymentState.REVERSED, note=reason)
    return payment
