"""滞纳金: from when, on what, and how much (docs/tariff.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from billing.rules.heat import granted
from billing.rules.months import add_months, months_between
from billing.rules.tariff import Inputs, LateFee, Payment, Tariff
from heating.kit.rounding import ZERO, fen, product, share

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Late:
    """The late fee of a day: its amount, how many months, days or times it counted, the sum of its bases."""

    amount: Decimal = ZERO
    count: int = 0
    base_sum: Decimal = ZERO
    capped: bool = False


def late_from(tariff: Tariff, inputs: Inputs) -> date | None:
    """Return De': the first day that costs a late fee; special windows of the room move it, lapsed or not."""
    if tariff.late is None:
        return None
    gap = timedelta(days=tariff.gap_days)
    return max([tariff.late.starts_on, *(rule.window_to + gap for _, rule in granted(tariff, inputs))])


@dataclass(frozen=True)
class Debt:
    """The principal of one line over time: `amount` is B, payments count from the day after, nothing after closing."""

    amount: Decimal
    payments: tuple[Payment, ...]
    closed_on: date | None
    base: str

    def unpaid(self, day: date) -> Decimal:
        """Return u: what was unpaid at the start of `day`."""
        if self.closed_on is not None and day > self.closed_on:
            return ZERO
        paid = sum((p.amount - p.late for p in self.payments if p.on < day), ZERO)
        return max(ZERO, self.amount - paid)

    def charged(self, day: date) -> Decimal:
        """Return w: what a late fee of `day` is taken of."""
        unpaid = self.unpaid(day)
        return self.amount if self.base == "full" and unpaid > 0 else unpaid


def late_fee(rule: LateFee | None, start: date | None, area: Decimal, debt: Debt, on: date) -> Late:
    """Return L as of day `on`; every method sums first and rounds once, then the cap holds."""
    if rule is None or start is None or on < start or debt.amount <= 0:
        return Late()
    days = {"fixed": _month_starts, "percent": _once, "daily": _each_day}[rule.method](rule, start, debt, on)
    total, count = ZERO, 0
    for first, number in days:
        base = debt.charged(first)
        if base > 0:
            total += base * number
            count += number
    if rule.method == "fixed":
        amount = share(product(area, rule.value, total), debt.amount)
    else:
        amount = share(product(total, rule.value), 100 if rule.method == "percent" else 1000)
    limit = cap_amount(rule, debt.amount)
    if limit is not None and amount >= limit:
        return Late(limit, count, total, capped=True)
    return Late(amount, count, total)


def cap_amount(rule: LateFee, line_amount: Decimal) -> Decimal | None:
    """Return the most that the late fee may reach, or None without a cap."""
    return None if rule.cap is None else fen(product(line_amount, rule.cap, Decimal("0.01")))


def month_start(start: date, k: int) -> date:
    """Return s_k, the first day of the k-th late month, counted from the original day."""
    return add_months(start, k - 1)


def _month_starts(rule: LateFee, start: date, debt: Debt, on: date) -> list[tuple[date, int]]:
    if rule.part_month == "drop":
        # What was no full month when the principal was paid never becomes one.
        months = months_between(start, on if debt.closed_on is None else min(on, debt.closed_on))
    else:
        months = months_between(start, on) + 1
    return [(month_start(start, k), 1) for k in range(1, months + 1)]


def _once(rule: LateFee, start: date, debt: Debt, on: date) -> list[tuple[date, int]]:
    return [(start, 1)]


def _each_day(rule: LateFee, start: date, debt: Debt, on: date) -> list[tuple[date, int]]:
    """Return runs of days with the same unpaid principal: a payment counts from the day after it."""
    last = on if debt.closed_on is None else min(on, debt.closed_on)
    edges = {start} | {p.on + DAY for p in debt.payments if start < p.on + DAY <= last}
    marks = [*sorted(edges), last + DAY]
    return [(first, (after - first).days) for first, after in pairwise(marks) if first <= last]
