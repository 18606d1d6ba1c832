"""What statements do with rows: narrow them by conditions, group them by time, sum them up."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.db.models.functions import TruncMonth

from org.models import Office


def narrow(rows: Any, asked: dict[str, Any], lookups: Mapping[str, str], *, offices: tuple[str, ...]) -> Any:
    """Apply the conditions that are filled in: each by its lookup, 机构 (with all below) to the fields `offices`."""
    for name, lookup in lookups.items():
        if asked.get(name):
            rows = rows.filter(**{lookup: asked[name]})
    if office := asked.get("office"):
        within = Q()
        for field in offices:
            within |= Q(**{f"{field}__in": Office.objects.below(office).values("pk")})
        rows = rows.filter(within)
    return rows


def by_period(rows: Any, asked: dict[str, Any], key: str, **sums: Any) -> Any:
    """Sum up the rows of 时间阶段 by `key` and by day, month (as `when`) or not by time; `on` is a row's day."""
    spans = {"since": "on__gte", "until": "on__lte"}
    rows = rows.filter(**{lookup: asked[name] for name, lookup in spans.items() if asked.get(name)})
    keys = [key]
    if asked.get("period") == "day":
        keys.append("on")
    elif asked.get("period") == "month":
        rows, keys = rows.annotate(month=TruncMonth("on")), [key, "month"]
    return rows.order_by().values(*keys).annotate(**sums)


def ratio(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Return a share, or None where there is nothing to share."""
    return Decimal(part) / whole if whole else None
