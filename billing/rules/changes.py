"""When the figures of an order may change next, if nobody pays (the daily accrual brings them to that day)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from billing.rules.heat import Candidate, discount_window
from billing.rules.late import Debt, Late, month_start
from billing.rules.months import months_between
from billing.rules.tariff import LateFee, Tariff

DAY = timedelta(days=1)


def next_change_on(
    tariff: Tariff, lines: tuple[Candidate, ...], start: date | None, debt: Debt, late: Late, on: date
) -> date | None:
    """Return the first day after `on` on which line, discount or late fee may differ; None when they never will.

    Nothing changes before that day; on it a change smaller than half a 分 may still leave the same amounts.
    """
    days = list(_price_days(tariff, lines)) if debt.closed_on is None else []
    if tariff.late is not None and start is not None:
        days += _late_days(tariff.late, start, debt, late, on)
    return min((day for day in days if day > on), default=None)


def _price_days(tariff: Tariff, lines: tuple[Candidate, ...]) -> Iterator[date]:
    if tariff.discount is not None:
        first, last = discount_window(tariff, tariff.discount)
        yield first
        yield last + DAY
    for candidate in lines:
        if candidate.last_day is not None:
            yield candidate.last_day + DAY


def _late_days(rule: LateFee, start: date, debt: Debt, late: Late, on: date) -> list[date]:
    """Return the next day that could raise the late fee; none at the cap, at rate zero, or after the last month."""
    if late.capped or not rule.value or debt.amount <= 0:
        return []
    if rule.method == "percent":
        return [start] if debt.closed_on is None else []
    if rule.method == "daily":
        return [max(start, on + DAY)] if debt.closed_on is None else []
    if debt.closed_on is not None:
        return []
    # s_(n+1) is the end of the n-th month: 舍去 counts a month on that day.
    following = months_between(start, on) + 2
    return [month_start(start, max(following, 2) if rule.part_month == "drop" else following)]
