"""Orders brought to a new day: what may change by itself (a window ends, a late month begins) is written down.

Lists and statements read stored figures; the worker calls this after midnight and at its start, so that they are the
day's. A payment brings its own orders to the day under its own lock and needs nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from billing.models import Order
from billing.services.pricing import reprice

CHUNK = 200


def roll_orders(on: date, *, actor: Any = None, progress: Callable[[int], None] | None = None) -> int:
    """Bring every open order whose figures may have changed to day `on`; return how many. Again: none.

    In small transactions, so that a cashier waits for a few hundredths of a second at most.
    """
    done, last = 0, 0
    while True:
        with transaction.atomic():
            due = Order.objects.open().filter(next_change_on__lte=on, pk__gt=last).order_by("pk")
            chunk = list(due.select_for_update(skip_locked=True).select_related(None)[:CHUNK])
            for order in chunk:
                reprice(order, on=on, actor=actor)
        if not chunk:
            return done
        done, last = done + len(chunk), chunk[-1].pk
        if progress:
            progress(done)
