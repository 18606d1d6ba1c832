"""缴费回单: numbers without gaps, content fixed at the payment, prints counted."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from billing.queries import quote
from billing.services.settlement import Settlement
from heating.audit.services import record
from heating.kit.capitals import capitals
from heating.kit.errors import Refusal
from heating.kit.money import ZERO
from org.parameters import text_parameter
from payments.channels.base import Channel
from payments.models import Payment, Receipt, ReceiptPrint

PAPERS = ("A5", "241mm", "80mm")

NEXT = """
INSERT INTO payments_receiptcounter (site_id, "on", last) VALUES (%s, %s, 1)
ON CONFLICT (site_id, "on") DO UPDATE SET last = payments_receiptcounter.last + 1 RETURNING last
"""


def issue_receipt(payment: Payment, content: dict[str, Any], *, on: date) -> Receipt:
    """Give the payment the next number of its site and day: site code + yyyyMMdd + six digits.

    The counter row is the last lock of the transaction, so that one site's payments wait for each other only here.
    """
    site = payment.site
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [site.pk, on])
        seq = cursor.fetchone()[0]
    number = f"{site.code}{on:%Y%m%d}{seq:06d}"
    return Receipt.objects.create(payment=payment, site=site, on=on, seq=seq, number=number, content=content)


def receipt_content(payment: Payment, settlement: Settlement, channel: Channel) -> dict[str, Any]:
    """Return everything a receipt says, as text, at the moment of payment."""
    company, cashier = payment.room.company, payment.cashier
    assert cashier is not None  # taken at a counter
    return {
        "company": text_parameter(company.pk, "回单收费单位") or company.name,
        "account_no": payment.account_no,
        "owner": payment.owner_name,
        "address": payment.address,
        "orders": [_order_content(order, settlement) for order in settlement.orders],
        "due_before": str(settlement.due_before),
        "amount": str(payment.amount),
        "capitals": capitals(payment.amount),
        "principal": str(payment.principal),
        "late_fee": str(payment.late_fee),
        "prepaid": str(payment.prepaid),
        "balance": str(settlement.balance),
        "left": str(settlement.left),
        "channel": channel.label,
        "transaction_id": payment.transaction_id,
        "tendered": str(payment.tendered or ""),
        "change": str(payment.change),
        "paid_at": f"{timezone.localtime(payment.paid_at):%Y-%m-%d %H:%M:%S}",
        "cashier": cashier.display_name,
        "site": payment.site.name,
        "phone": text_parameter(company.pk, "回单客服电话"),
        "note": text_parameter(company.pk, "回单备注"),
    }


def _order_content(order: Any, settlement: Settlement) -> dict[str, Any]:
    mine = [part for part in settlement.parts if part.key == order.pk]
    paid_now = sum((part.amount for part in mine if not part.late), start=ZERO)
    late_now = sum((part.amount for part in mine if part.late), start=ZERO)
    late = next((line for line in quote(order, order.priced_on).lines if line.code == "late_fee"), None)
    version = order.version
    return {
        "number": order.number,
        "season": order.season.name,
        "fee": order.get_fee_kind_display(),
        "floor_area": str(order.floor_area or ""),
        "over_area": str(order.over_area),
        "charge_area": str(order.charge_area),
        "price": f"{version.price.normalize():f} 元/㎡·{version.get_price_period_display()[1]}" if version else "",
        "lines": [
            {"label": line.label, "text": line.text, "sign": line.sign, "amount": str(line.amount)}
            for line in order.lines.all()
        ],
        "principal": str(order.principal),
        "late_fee": str(order.late_accrued),
        "late_label": late.label if late else "滞纳金",
        "late_text": late.text if late else "",
        "late_waived": str(order.late_waived),
        # 应缴 − 已缴 − 本次 = 尚欠, for the principal and for the late fee by itself.
        "paid_before": str(order.paid - paid_now),
        "paid_now": str(paid_now),
        "late_before": str(order.late_paid - late_now),
        "late_now": str(late_now),
        "late_left": str(order.due - order.arrears),
        "left": str(order.due),
    }


@transaction.atomic
def print_receipt(pk: int, *, paper: str, actor: User) -> tuple[Receipt, int]:
    """Count one printing and return the receipt with the number of its reprint (0 = the first printing).

    The cashier who took the money prints once; every further printing needs `payments.reprint_receipt`.
    """
    if paper not in PAPERS:
        raise Refusal("没有这种纸张")
    receipt = Receipt.objects.visible_to(actor, "payments.reprint_receipt").locked(pk)
    reprint = ReceiptPrint.objects.filter(receipt=receipt).count()
    ReceiptPrint.objects.create(receipt=receipt, nth=reprint + 1, paper=paper, by=actor)
    if reprint:
        record(actor, "receipt.reprint", receipt, note=f"补打第 {reprint} 次，{paper}")
    return receipt, reprint
