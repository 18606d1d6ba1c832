"""Calendar months as the late fee counts them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, held to the month's end: 12-31 → 01-31 → 02-28 → 03-31."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def months_between(start: date, on: date) -> int:
    """Return the largest k with add_months(start, k) ≤ on; -1 when `on` is before `start`."""
    if on < start:
        return -1
    k = (on.year - start.year) * 12 + on.month - start.month
    return k if add_months(start, k) <= on else k - 1
