"""What an owner or a room was on a past day, and how it came to be what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone

from property.models import Owner, Room

# Columns whose change says nothing to a person.
SILENT = {"sort_key", "id_cipher", "id_hash", "batch_id", "created_by", "created_at", "user", "company", "id"}
SENSITIVE = {"phone", "phone2"}


@dataclass(frozen=True)
class Step:
    """One change: when, by whom, by which request, and (label, before, after, is it sensitive?) of what differs."""

    at: datetime
    who: str
    request: str
    changes: tuple[tuple[str, Any, Any, bool], ...]


def as_of(row: Owner | Room, day: date) -> Any:
    """Return the row as it stood at the end of `day` (Asia/Shanghai), or None when it did not exist yet.

    The answer is the row itself or a kept old row with the same columns.
    """
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    if row.created_at >= end:
        return None
    return row.history.filter(pgh_created_at__gte=end).order_by("pgh_created_at", "pgh_id").first() or row


def timeline(row: Owner | Room) -> list[Step]:
    """Return the changes of a row, latest first."""
    kept = list(row.history.order_by("pgh_created_at", "pgh_id"))
    steps = []
    for old, new in pairwise([*kept, row]):
        context = old.pgh_context or {}
        if changes := _changes(old, new):
            steps.append(Step(old.pgh_created_at, context.get("name", ""), context.get("request", ""), changes))
    return steps[::-1]


def _changes(old: Any, new: Any) -> tuple[tuple[str, Any, Any, bool], ...]:
    found = []
    for field in type(new)._meta.concrete_fields:
        if field.name in SILENT or field.name.startswith("pgh_"):
            continue
        before, after = getattr(old, field.attname, None), getattr(new, field.attname, None)
        if before != after:
            shown = (_shown(field.name, old), _shown(field.name, new))
            found.append((str(field.verbose_name), *shown, field.name in SENSITIVE))
    return tuple(found)


def _shown(name: str, row: Any) -> Any:
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else getattr(row, name, None)
