"""Money put to a room's orders, or taken back: allocations, order figures, 预存款 and ledger in one transaction.

Called by payments with the transaction already open. Lock order: orders (by id), then 预存款.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from accounts.models import User
from billing.models import Allocation, LedgerGroup, Order, PrepaymentEntry
from billing.rules.split import Debt, Part, split
from billing.services.ledger import Entry, post
from billing.services.prepayment import move_prepayment, refuse_used
from billing.services.pricing import reclaim, refresh, reprice
from billing.states import Account, AllocationKind, Direction, Side
from heating.kit.errors import Refusal
from heating.kit.money import ZERO
from org.parameters import text_parameter
from property.models import Room


@dataclass(frozen=True)
class Settlement:
    """What became of a sum of money: parts put to orders (oldest first), the rest as 预存款. Amounts in 元."""

    orders: tuple[Order, ...]
    parts: tuple[Part, ...]
    principal: Decimal
    late_fee: Decimal
    prepaid: Decimal
    due_before: Decimal
    left: Decimal
    balance: Decimal


def open_orders_locked(room: Room, *, on: date, actor: User) -> list[Order]:
    """Lock the room's open orders and bring their figures to day `on`; oldest first."""
    orders = list(Order.objects.select_for_update().filter(room=room).open().order_by("id"))
    for order in orders:
        reprice(order, on=on, actor=actor)
    seasons = dict(Order.objects.filter(pk__in=[o.pk for o in orders]).values_list("pk", "season__year"))
    return sorted((o for o in orders if o.due > 0), key=lambda o: (seasons[o.pk], o.pk))


def settle(
    room: Room,
    *,
    amount: Decimal,
    on: date,
    payment_id: int,
    source: str,
    account: str,
    actor: User,
    expected_due: Decimal | None = None,
    prepay: bool = False,
    channel: str = "",
) -> Settlement:
    """Put `amount` to the room's open orders, oldest first; the surplus becomes 预存款 when `prepay` allows it.

    `source` names the ledger group, `account` the debited ledger account. `Refusal` when what is due is not
    `expected_due` any more, or when the amount is more than due and `prepay` is off. `channel` is kept on the orders
    as their 缴费方式.
    """
    orders = open_orders_locked(room, on=on, actor=actor)
    due = sum((o.due for o in orders), ZERO)
    _check_due(due, amount, expected_due=expected_due, prepay=prepay)
    late_first = text_parameter(room.company_id, "冲抵顺序") == "滞纳金优先"
    parts, surplus = split(amount, [_debt(o) for o in orders], late_first=late_first)
    lines = _entries(room, account, amount, parts, surplus, back=False)
    group = post(source, lines, on=on, place=room, actor=actor)
    by_order = {o.pk: o for o in orders}
    _allocate(group, parts, payment_id=payment_id, on=on, direction=Direction.IN)
    settled = tuple(by_order[pk] for pk in dict.fromkeys(part.key for part in parts))
    for order in settled:
        refresh(order, on=on, actor=actor)
        order.last_channel = channel
        order.save(update_fields=["last_channel"])
    balance = move_prepayment(room.pk, group, surplus, payment_id=payment_id, on=on, direction=Direction.IN)
    principal, late_fee = _sums(parts)
    left = sum((o.due for o in orders), ZERO)
    return Settlement(settled, tuple(parts), principal, late_fee, surplus, due, left, balance)


def _check_due(due: Decimal, amount: Decimal, *, expected_due: Decimal | None, prepay: bool) -> None:
    if expected_due is not None and expected_due != due:
        raise Refusal(f"应缴金额已变为 {due} 元，请核对后重新收费")
    if amount > due and not prepay:
        raise Refusal(f"收款金额超过应缴 {due} 元；多收部分请选择转预存款", field="amount")


def take_back(room: Room, *, on: date, payment_id: int, source: str, account: str, actor: User) -> list[Order]:
    """Undo the whole settlement of one payment by opposite rows; `Refusal` when its 预存款 has been used.

    What a lower price has freed of it meanwhile goes back with it.
    """
    held = list(Allocation.objects.filter(payment_id=payment_id, direction=Direction.IN).order_by("id"))
    ids = sorted({a.order_id for a in held})
    orders = {o.pk: o for o in Order.objects.select_for_update().filter(pk__in=ids).order_by("id")}
    parts = [Part(a.order_id, a.kind == AllocationKind.LATE_FEE, a.amount) for a in held]
    for order in orders.values():
        reclaim(order, sum((p.amount for p in parts if p.key == order.pk and not p.late), ZERO), on=on, actor=actor)
    entries = PrepaymentEntry.objects.filter(payment_id=payment_id, direction=Direction.IN)
    surplus = entries.aggregate(total=Sum("amount"))["total"] or ZERO
    lines = _entries(room, account, sum((p.amount for p in parts), surplus), parts, surplus, back=True)
    group = post(source, lines, on=on, place=room, actor=actor)
    _allocate(group, parts, payment_id=payment_id, on=on, direction=Direction.OUT)
    for order in orders.values():
        refresh(order, on=on, actor=actor)
    if surplus:
        refuse_used(room.pk, surplus)
        move_prepayment(room.pk, group, surplus, payment_id=payment_id, on=on, direction=Direction.OUT)
    return list(orders.values())


def _debt(order: Order) -> Debt:
    return Debt(order.pk, order.arrears, order.due - order.arrears)


def _sums(parts: Iterable[Part]) -> tuple[Decimal, Decimal]:
    principal = sum((p.amount for p in parts if not p.late), ZERO)
    late_fee = sum((p.amount for p in parts if p.late), ZERO)
    return principal, late_fee


def _allocate(group: LedgerGroup, parts: Iterable[Part], *, payment_id: int, on: date, direction: Direction) -> None:
    Allocation.objects.bulk_create(
        Allocation(
            order_id=part.key,
            group=group,
            payment_id=payment_id,
            kind=AllocationKind.LATE_FEE if part.late else AllocationKind.PRINCIPAL,
            direction=direction,
            amount=part.amount,
            on=on,
        )
        for part in parts
    )


def _entries(
    room: Room, account: str, amount: Decimal, parts: Iterable[Part], surplus: Decimal, *, back: bool
) -> list[Entry]:
    """Debit the channel's account, credit what was paid for; the other way round when money goes back."""
    debit, credit = (Side.CREDIT, Side.DEBIT) if back else (Side.DEBIT, Side.CREDIT)
    rows = [Entry(account, debit, amount, room_id=room.pk)]
    for part in parts:
        to = Account.LATE_INCOME if part.late else Account.RECEIVABLE
        rows.append(Entry(to, credit, part.amount, part.key, room.pk))
    if surplus:
        rows.append(Entry(Account.PREPAYMENT, credit, surplus, room_id=room.pk))
    return rows
