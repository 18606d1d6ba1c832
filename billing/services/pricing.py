"""Bringing one stored order to a day: figures, lines, ledger, rollup and state, in the caller's transaction."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Sum

from accounts.models import User
from billing.models import Allocation, Order, OrderLine
from billing.queries import price
from billing.rules import Quote
from billing.rules.explain import charge_lines
from billing.services.ledger import post_order
from billing.services.prepayment import move_prepayment, refuse_used
from billing.services.rollup import contributing, move_rollup
from billing.states import OVERPAID, AllocationKind, Direction, OrderState, charge_posting, order_flow
from heating.audit.services import record
from heating.kit.money import ZERO

FIGURES = [
    "paid",
    "late_paid",
    "standard_fee",
    "line",
    "line_amount",
    "discount",
    "principal",
    "late_accrued",
    "closed_on",
    "priced_on",
    "next_change_on",
    "overdue_from",
    "last_paid_on",
    "base_area",
    "over_area",
    "charge_area",
    "state",
]


def reprice(order: Order, *, on: date, actor: User | None) -> Order:
    """Bring a locked open order to day `on`; nothing is done when nothing can have changed since it was priced."""
    fresh = order.priced_on <= on and (order.next_change_on is None or order.next_change_on > on)
    return order if fresh else refresh(order, on=on, actor=actor)


def refresh(order: Order, *, on: date, actor: User | None) -> Order:
    """Compute a locked order again from its inputs and allocations as of day `on`, and write what differs.

    A changed principal is posted as the difference; a changed state leaves an audit row.
    """
    before, principal, state = contributing(order), order.principal, order.state
    lines = (order.line, order.line_amount, order.discount)
    _add_up(order)
    quote = price(order, on)
    if quote is not None and quote.closed_on is None and quote.principal <= order.paid:
        # Nothing to pay (零应缴), or the principal fell to what was paid before: the order closes on this day.
        quote = price(order, on, closing=True)
    if quote is not None:
        apply(order, quote)
    surplus = max(order.paid - order.principal, ZERO)
    order.paid -= surplus
    order.priced_on = on
    settle_state(order)
    order.save(update_fields=FIGURES)
    if quote is not None and lines != (order.line, order.line_amount, order.discount):
        write_lines(order, quote)
    post_principal(order, order.principal - principal, on=on, actor=actor)
    release(order, surplus, on=on, actor=actor)
    move_rollup(order, before)
    if state != order.state:
        record(actor, "order.state", order, before=state, after=order.state)
    return order


def _add_up(order: Order) -> None:
    """Set what has been paid from the allocations, which are the truth behind it."""
    order.paid, order.late_paid, order.last_paid_on = ZERO, ZERO, None
    rows = Allocation.objects.filter(order=order).values_list("kind", "direction", "amount", "on")
    days: dict[date, Decimal] = {}
    for kind, direction, amount, on in rows:
        signed = amount if direction == Direction.IN else -amount
        days[on] = days.get(on, ZERO) + signed
        if kind == AllocationKind.LATE_FEE:
            order.late_paid += signed
        else:
            order.paid += signed
    order.last_paid_on = max((on for on, amount in days.items() if amount > 0), default=None)


def apply(order: Order, quote: Quote) -> None:
    """Copy the engine's figures to the order's columns."""
    order.base_area, order.over_area, order.charge_area = quote.areas.base, quote.areas.over, quote.areas.charge
    order.standard_fee = quote.standard_fee
    order.line, order.line_amount, order.discount = quote.line, quote.line_amount, quote.discount
    order.principal, order.late_accrued = quote.principal, quote.late.amount
    order.closed_on, order.next_change_on = quote.closed_on, quote.next_change_on
    order.overdue_from = quote.late_from


def settle_state(order: Order) -> None:
    """Set the state that the figures mean, along the declared edges; a settled order changes no more by itself."""
    late_open = max(order.late_accrued - order.late_waived - order.late_paid, ZERO)
    # The database computes these two again; the instance must not show the old ones.
    order.arrears = order.principal - order.paid
    order.due = order.arrears + late_open
    if not order.due:
        target, transition = OrderState.PAID, "settle"
        order.next_change_on = None
    elif order.paid or order.late_paid:
        target, transition = OrderState.PARTIAL, "reopen_part" if order.state == OrderState.PAID else "pay_part"
    else:
        target, transition = OrderState.UNPAID, "reopen"
    if order.state != target:
        order.state = order_flow.next(transition, order.state)


def write_lines(order: Order, quote: Quote) -> None:
    """Write the explained lines whose signed sum is the principal."""
    order.lines.all().delete()
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            kind=line.code,
            label=line.label,
            text=line.text,
            sign=line.sign,
            amount=line.amount,
        )
        for position, line in enumerate(charge_lines(quote), start=1)
    )


def post_principal(order: Order, change: Decimal, *, on: date, actor: User | None) -> None:
    """Post a difference of the principal: receivable against income, or the other way round."""
    posting = charge_posting(order.fee_kind)
    if change:
        post_order(order, "price", posting if change > 0 else posting.back, abs(change), on=on, actor=actor)


def release(order: Order, surplus: Decimal, *, on: date, actor: User | None) -> None:
    """Move what was paid beyond a fallen principal to the room's 预存款."""
    if not surplus:
        return
    group = post_order(order, "surplus", OVERPAID, surplus, on=on, actor=actor)
    Allocation.objects.create(
        order=order, group=group, kind=AllocationKind.PRINCIPAL, direction=Direction.OUT, amount=surplus, on=on
    )
    move_prepayment(
        order.room_id, group, surplus, on=on, direction=Direction.IN, order_id=order.pk, note="订单多缴转入"
    )


def reclaim(order: Order, most: Decimal, *, on: date, actor: User) -> None:
    """Put back to a locked order what `release` freed of it, at most `most`: the payment behind it goes back.

    `Refusal` when that 预存款 has been used.
    """
    rows = Allocation.objects.filter(order=order, payment_id=None)
    way = {row["direction"]: row["total"] for row in rows.values("direction").annotate(total=Sum("amount"))}
    amount = min(most, way.get(Direction.OUT, ZERO) - way.get(Direction.IN, ZERO))
    if amount <= 0:
        return
    refuse_used(order.room_id, amount)
    group = post_order(order, "reclaim", OVERPAID.back, amount, on=on, actor=actor)
    Allocation.objects.create(
        order=order, group=group, kind=AllocationKind.PRINCIPAL, direction=Direction.IN, amount=amount, on=on
    )
    move_prepayment(
        order.room_id, group, amount, on=on, direction=Direction.OUT, order_id=order.pk, note="冲正转回订单"
    )
