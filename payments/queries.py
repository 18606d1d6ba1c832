"""Read questions of the cashier's window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Sum

from billing.models import Order, Prepayment
from billing.queries import OrderQuote, open_orders, quote
from billing.rules.split import Debt, Part, split
from heating.kit.money import ZERO
from org.parameters import text_parameter
from payments.models import Payment
from payments.states import OPEN
from property.models import Room


@dataclass(frozen=True)
class RoomBill:
    """All that is open for one room on a day, oldest season first, each order explained. Amounts in 元."""

    room: Room
    on: date
    quotes: list[OrderQuote]
    balance: Decimal
    pending: list[Payment]

    @property
    def due(self) -> Decimal:
        """The sum of all open orders."""
        return sum((q.due for q in self.quotes), ZERO)

    @cached_property
    def late_first(self) -> bool:
        """Whether the company takes the late fee of an order before its principal."""
        return text_parameter(self.room.company_id, "冲抵顺序") == "滞纳金优先"

    def split(self, amount: Decimal) -> tuple[list[tuple[OrderQuote, list[Part]]], Decimal]:
        """Return how `amount` would go over the orders, and the surplus; the same rule as the payment's."""
        debts = [Debt(q.order.pk, q.principal_due, q.late_due) for q in self.quotes]
        parts, surplus = split(amount, debts, late_first=self.late_first)
        by_order = [(q, [p for p in parts if p.key == q.order.pk]) for q in self.quotes]
        return [(q, mine) for q, mine in by_order if mine], surplus


def with_owed(rooms: list[Room]) -> list[Room]:
    """Give each room `owed`: what its living orders ask for in 元, as the list of orders shows it."""
    dues = Order.objects.alive().filter(room__in=rooms).order_by().values_list("room_id").annotate(Sum("due"))
    owed = dict(dues)
    for room in rooms:
        room.owed = owed.get(room.pk, ZERO)
    return rooms


def room_bill(room: Room, on: date) -> RoomBill:
    """Return the room's bill as of day `on`."""
    quotes = [quote(order, on) for order in open_orders(room)]
    balance = Prepayment.objects.filter(room=room).values_list("balance", flat=True).first() or ZERO
    pending = list(Payment.objects.filter(room=room, state__in=OPEN))
    return RoomBill(room, on, [q for q in quotes if q.due > 0], balance, pending)
