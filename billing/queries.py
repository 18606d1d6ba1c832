"""Read questions about what is owed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from billing import rules
from billing.models import Allocation, Order, ProductVersion, ReliefRule
from billing.models.orders import OrderQuerySet
from billing.rules.explain import Explained, explain
from billing.states import AllocationKind, Direction, FeeKind, OrderState, OverRule
from heating.kit.money import ZERO
from property.models import Room
from property.states import Relief


@dataclass(frozen=True)
class OrderQuote:
    """An order as of a day: its explained lines, and what is due. Amounts in 元; `quote` is None without a tariff."""

    order: Order
    on: date
    quote: rules.Quote | None
    lines: list[Explained]
    principal_due: Decimal
    late_due: Decimal

    @property
    def due(self) -> Decimal:
        return self.principal_due + self.late_due


def tariff_of(version: ProductVersion, reliefs: Iterable[ReliefRule] | None = None) -> rules.Tariff:
    """Return the engine's view of a product version; of one that is not stored yet with its `reliefs`."""
    stored = version.relief_rules.all() if reliefs is None else reliefs
    columns: Any = version  # words of TextChoices are the literals of the rules
    return rules.Tariff(
        price=version.price,
        months=version.months,
        season_days=version.season_days,
        pay_from=version.pay_from,
        pay_to=version.pay_to,
        price_period=columns.price_period,
        area_basis=columns.area_basis,
        area_factor=version.area_factor,
        gap_days=version.late_gap_days or 1,
        over=_over(version),
        late=_late(version),
        vacancy=_vacancy(version),
        reliefs=tuple(_relief(rule) for rule in stored),
        discount=_discount(version),
    )


def _over(version: Any) -> rules.OverHeight | None:
    if version.over_rule == OverRule.NONE:
        return None
    return rules.OverHeight(
        rule=version.over_rule, base=version.over_base, step=version.over_step, percent=version.over_percent
    )


def _late(version: Any) -> rules.LateFee | None:
    if not version.late_method:
        return None
    return rules.LateFee(
        method=version.late_method,
        value=version.late_value,
        starts_on=version.late_from,
        base=version.late_base,
        part_month=version.late_part_month,
        cap=version.late_cap,
    )


def _vacancy(version: Any) -> rules.Special | None:
    if not version.vacancy_method:
        return None
    return rules.Special(
        method=version.vacancy_method,
        value=version.vacancy_value,
        window_from=version.vacancy_from,
        window_to=version.vacancy_to,
        lapse=version.vacancy_lapse,
    )


def _relief(rule: Any) -> rules.Special:
    return rules.Special(
        method=rule.method,
        value=rule.value,
        window_from=rule.window_from,
        window_to=rule.window_to,
        lapse=rule.lapse,
        relief=rule.relief,
        label=dict(Relief.choices).get(rule.relief, ""),
    )


def _discount(version: Any) -> rules.Discount | None:
    if not version.discount_method:
        return None
    return rules.Discount(
        method=version.discount_method,
        value=version.discount_value,
        window_from=version.discount_from,
        window_to=version.discount_to,
        stacks=version.discount_stacks,
    )


def inputs_of(order: Order) -> rules.Inputs:
    """Return the facts stored with an order."""
    return rules.Inputs(
        floor_area=order.floor_area,
        inner_area=order.inner_area,
        height=order.height,
        vacancy=order.vacancy,
        relief=order.relief,
        heated_days=order.heated_days,
    )


def payments_of(order: Order) -> list[rules.Payment]:
    """Return an order's payments, net of what was taken back the same day.

    The stored closing day is among them with amount 0: a principal of zero, or one that fell to what had been paid,
    closed without money on that day.
    """
    rows = Allocation.objects.filter(order=order).order_by().values_list("on", "kind", "direction")
    days: dict[date, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for on, kind, direction, amount in rows.annotate(total=Sum("amount")):
        signed = amount if direction == Direction.IN else -amount
        days[on][0] += signed
        if kind == AllocationKind.LATE_FEE:
            days[on][1] += signed
    if order.closed_on:
        days[order.closed_on][0] += ZERO
    return [rules.Payment(on, total, late) for on, (total, late) in sorted(days.items())]


def price(order: Order, on: date, *, closing: bool = False) -> rules.Quote | None:
    """Return the engine's figures of an order as of day `on`; None for orders without a tariff (往年欠费, 补差).

    `closing` closes the order on that day when what has been paid covers the principal.
    """
    if order.version is None:
        return None
    payments = payments_of(order) + ([rules.Payment(on, ZERO)] if closing else [])
    return rules.quote(tariff_of(order.version), inputs_of(order), on=on, payments=payments, waived=order.late_waived)


def quote(order: Order, on: date) -> OrderQuote:
    """Return what the order asks for on day `on`, line by line; a settled order stays as it was settled."""
    figures = price(order, min(on, order.priced_on) if order.state == OrderState.PAID else on)
    if figures is None:
        return OrderQuote(order, on, None, _fixed_lines(order), order.arrears, ZERO)
    return OrderQuote(order, on, figures, explain(figures), figures.principal_due, figures.late_due)


def _fixed_lines(order: Order) -> list[Explained]:
    kind = FeeKind(order.fee_kind)
    lines = [Explained(kind.value, kind.label, order.note or "转入的本金", order.principal, 1)]
    if order.paid:
        lines.append(Explained("paid", "已缴", "此前缴费合计", order.paid, -1))
    return [*lines, Explained("due", "应缴合计", f"本金 {order.arrears} 元", order.due)]


def open_orders(room: Room) -> OrderQuerySet:
    """Return the room's orders on which something is due, oldest season first."""
    return Order.objects.filter(room=room).open().select_related("version", "season").oldest_first()
