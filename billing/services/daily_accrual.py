"""Stored figures kept true as days pass: discounts end, special prices lapse, late fees grow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from billing.bulk import daily_accrual
from billing.models import Order
from billing.services.pg_planner import planned
from billing.services.pricing import refresh
from heating.audit.services import record

CHUNK = 5_000  # orders in one transaction, so that a cashier waits for a moment only


def accrue_daily(on: date, *, actor: Any = None, progress: Callable[[int], None] | None = None) -> int:
    """Bring every open order whose figures may change by day `on` to that day and return how many were brought.

    Late fees follow from the payments as they were allocated. Orders that somebody is paying at this
    moment are left out: the payment brings them to the day itself. Running again on the same day changes nothing.
    """
    done, last = 0, 0
    while True:
        with transaction.atomic():
            ids = _accrue_chunk(on, actor, after=last)
        if not ids:
            break
        done, last = done + len(ids), ids[-1]
        if progress:
            progress(done)
    return done


def _accrue_chunk(on: date, actor: Any, *, after: int) -> list[int]:
    due = Order.objects.open().filter(next_change_on__lte=on, version__isnull=False, pk__gt=after).order_by("pk")
    ids = list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:CHUNK])
    if not ids:
        return []
    values = {"on": on, "orders": ids, "actor": actor.pk if actor else None}
    with planned(few=False) as cursor:
        cursor.execute(daily_accrual.CREATE, values)
        cursor.execute(daily_accrual.COVERED)
        covered = [key for (key,) in cursor.fetchall()]
        cursor.execute("ANALYZE rolled")
        for step in daily_accrual.STEPS:
            cursor.execute(step, values)
        cursor.execute(daily_accrual.DROP)
    for order in Order.objects.filter(pk__in=covered).order_by("id"):
        refresh(order, on=on, actor=actor)
    record(actor, "order.roll", after={"on": on, "orders": len(ids)})
    return ids
