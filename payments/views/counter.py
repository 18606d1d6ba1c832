"""缴费台: search, the explained bill, the money."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from billing.models import Order
from heating.kit.errors import Refusal
from heating.kit.fields import AmountField
from heating.kit.pages import Page, StaffRequest
from payments.forms import TillForm
from payments.models import Payment
from payments.queries import RoomBill, room_bill, with_owed
from payments.services import take_payment
from payments.services.take import business_day
from property.models import Room
from property.queries import MOST_HITS, search_rooms


class CounterPage(Page):
    """One search box with the focus; a single hit opens the room at once."""

    permission = "payments.take_payment"
    title = "缴费台"
    template = "payments/counter.html"
    model = Room

    def get(self, request: StaffRequest) -> HttpResponse:
        text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
        rooms = self.hits(text)
        if text and len(rooms) == 1 and "stay" not in request.GET:
            return redirect("payments:till", pk=rooms[0].pk)
        return self.found(text, rooms)

    def found(self, text: str, rooms: list[Room]) -> HttpResponse:
        """Show the hits, each with what it owes."""
        return self.show(q=text, rooms=with_owed(rooms), searched=bool(text), cut=len(rooms) >= MOST_HITS)

    def hits(self, text: str) -> list[Room]:
        """Return at most 20 rooms by account, name, phone tail, address words or order number."""
        if not text:
            return []
        order = Order.objects.visible_to(self.request.user, "billing.view_order").filter(number=text.upper()).first()
        if order:
            return list(Room.objects.visible_to(self.request.user, self.permission).filter(pk=order.room_id))
        return list(search_rooms(self.request.user, text, permission=self.permission))


class CounterSearch(CounterPage):
    """The hits alone, while the cashier is typing."""

    template = "payments/hits.html"

    def get(self, request: StaffRequest) -> HttpResponse:
        text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
        return self.found(text, self.hits(text))


class TillPage(Page):
    """The room's bill and the form that takes the money."""

    permission, success_permission = "payments.take_payment", "payments.view_payment"
    menu_entry = "payments:counter"
    title = "缴费"
    template = "payments/till.html"
    model = Room
    crumbs = (("缴费管理", ""), ("缴费台", "payments:counter"))

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        bill = self.bill(pk)
        return self.page(bill, self.fresh_form(bill))

    def post(self, request: StaffRequest, pk: int) -> HttpResponse:
        room = self.fetch(Room.objects.all(), pk)
        form = TillForm(request.POST)
        if form.is_valid():
            try:
                payment = take_payment(room.pk, form.till(), actor=request.user, now=timezone.now())
            except Refusal as refusal:
                return self.refuse(pk, form, refusal)
            return self.done(payment)
        return self.page(self.bill(pk), form, status=422)

    def done(self, payment: Payment) -> HttpResponse:
        """Lead to the receipt; whoever may not see this payment reads on the bill that it is taken."""
        receipt = reverse("payments:payment-done", args=[payment.pk])
        landing = self.landing(receipt)
        if landing != receipt:
            messages.success(self.request, f"收款成功：{payment.amount} 元，缴费号 {payment.number}")
        return redirect(landing)

    def back_url(self) -> str:
        return reverse("payments:till", args=[self.kwargs["pk"]])

    def refuse(self, pk: int, form: TillForm, refusal: Refusal) -> HttpResponse:
        """Show the sentence with the bill as it is now; what the cashier typed stays, the seen sum is renewed."""
        bill = self.bill(pk)
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        form.data = form.data.copy()
        form.data["expected_due"] = str(bill.due)
        return self.page(bill, form, status=422)

    def bill(self, pk: int) -> RoomBill:
        rooms = Room.objects.select_related("owner", "community", "office", "company")
        return room_bill(self.fetch(rooms, pk), business_day(timezone.now()))

    def fresh_form(self, bill: RoomBill) -> TillForm:
        """A form with the whole due sum filled in and its own request id."""
        amount = self.asked_amount() or bill.due
        return TillForm(
            initial={
                "request_id": uuid.uuid4(),
                "expected_due": bill.due,
                "channel": "cash",
                "amount": amount or None,
                "prepay": amount > bill.due or not bill.due,
            }
        )

    def asked_amount(self) -> Any:
        """Return the amount of `?amount=` (the split is shown for it), or None."""
        try:
            return AmountField(required=False).clean(self.request.GET.get("amount", "").replace("\x00", ""))
        except ValidationError:
            return None

    def page(self, bill: RoomBill, form: TillForm, *, status: int = 200) -> HttpResponse:
        amount = form.cleaned_data.get("amount") if form.is_bound and form.is_valid() else form["amount"].initial
        parts, surplus = bill.split(amount) if amount else ([], None)
        paid = Payment.objects.visible_to(self.request.user, self.permission).filter(room=bill.room)
        return self.show(
            bill=bill,
            room=bill.room,
            form=form,
            split=parts,
            surplus=surplus,
            recent=paid.select_related("receipt", "cashier").order_by("-id")[:5],
            status=status,
        )


class PayPage(Page):
    """编辑 > 缴费 of the order list: leads to the room's bill."""

    permission = "payments.take_payment"
    menu_entry = "payments:counter"
    model = Order

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        order = self.fetch(Order.objects.all(), pk)
        return redirect(reverse("payments:till", args=[order.room_id]))
