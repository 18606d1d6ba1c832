"""After the money is in: the receipt, printing, same-day reversal."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from heating.kit.pages import ConfirmPage, Page, StaffRequest
from org.parameters import text_parameter
from payments.forms import ReasonForm
from payments.models import Payment, Receipt
from payments.receipt_pdf import Slip, receipt_pdf
from payments.services import print_receipt, reverse_payment
from payments.services.receipts import PAPERS
from payments.services.take import business_day
from payments.states import PaymentState


class DonePage(Page):
    """缴费完成: what was taken, the change, the receipt to print, and the way to the next resident."""

    permission = "payments.view_payment"
    menu_entry = "payments:payment-list"
    title = "缴费完成"
    template = "payments/done.html"
    model = Payment
    crumbs = (("缴费管理", ""), ("缴费台", "payments:counter"))

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        payments = Payment.objects.select_related("receipt", "site", "cashier", "room")
        payment = self.fetch(payments, pk)
        paper = text_parameter(payment.company_id, "回单纸张")
        return self.show(
            payment=payment,
            receipt=payment.receipt,
            content=payment.receipt.content,
            papers=sorted(PAPERS, key=lambda p: p != paper),
            prints=payment.receipt.prints.count(),
            reversible=self.reversible(payment),
            may_print=request.user.has_perm(PrintPage.permission),
            may_take=request.user.has_perm("payments.take_payment"),
        )

    def get_title(self) -> str:
        return self.title

    def reversible(self, payment: Payment) -> bool:
        """Say whether this user could reverse the payment now."""
        today = business_day(timezone.now())
        mine = payment.cashier_id == self.request.user.pk and payment.on == today
        return (
            mine and payment.state == PaymentState.SUCCEEDED and self.request.user.has_perm("payments.reverse_payment")
        )


class PrintPage(Page):
    """打印缴费回单: counts the printing and answers with the PDF, shown in the browser's own viewer."""

    permission = "payments.reprint_receipt"
    menu_entry = "payments:payment-list"
    model = Receipt

    def post(self, request: StaffRequest, pk: int) -> HttpResponse:
        paper = request.POST.get("paper", "A5")
        receipt, reprint = print_receipt(pk, paper=paper, actor=request.user)
        slip = Slip(
            receipt.content,
            receipt.number,
            timezone.localtime(),
            request.user.display_name,
            reprint,
            void_words(receipt),
        )
        answer = HttpResponse(receipt_pdf(slip, paper=paper), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{receipt.number}.pdf"'
        return answer


def void_words(receipt: Receipt) -> str:
    """Say why a receipt is void, by whom and when; nothing for a valid one."""
    reversal = getattr(receipt.payment, "reversal", None)
    if not receipt.void_reason or reversal is None:
        return receipt.void_reason
    return f"{receipt.void_reason}　{reversal.by.display_name}　{timezone.localtime(reversal.at):%Y-%m-%d %H:%M}"


class ReversePage(ConfirmPage):
    """当日冲正."""

    permission = "payments.reverse_payment"
    menu_entry = "payments:payment-list"
    title = "当日冲正"
    model = Payment
    queryset = Payment.objects.select_related("receipt")
    form_class = ReasonForm
    submit = "确认冲正"
    success = "已冲正，回单已作废"
    danger = True
    crumbs = (("缴费管理", ""),)

    def get_question(self) -> str:
        p = self.object
        return f"冲正 {p.owner_name} {p.account_no} 的缴费 {p.amount} 元（回单 {p.receipt.number}）？款项须当面退还。"

    def perform(self, form: Any) -> Payment:
        reason = form.cleaned_data["reason"]
        return reverse_payment(self.object.pk, reason=reason, actor=self.request.user, now=timezone.now())

    def back_url(self) -> str:
        return reverse("payments:payment-done", args=[self.pk])
