"""The sums of a season by building: moved with every change of an order, in the same transaction."""

from __future__ import annotations

from django.db import connection

from billing.bulk import rollup
from billing.models import Order

Contributing = tuple[object, ...]

TYPES = dict.fromkeys((*rollup.KEY, *rollup.PLACE), "bigint") | dict.fromkeys(("product_kind", "state", "line"), "text")
ROW = ", ".join(f"%s::{TYPES.get(name, 'numeric')}" for name in rollup.COLUMNS)


def contributing(order: Order) -> Contributing:
    """Return what an order contributes by as it stands in memory: to be taken before a change."""
    return tuple(getattr(order, name) for name in rollup.COLUMNS)


def move_rollup(order: Order, before: Contributing | None) -> None:
    """Take what the order contributed `before` (None for a new one) off the sums and add what it contributes now."""
    after = contributing(order)
    if after == before:
        return
    rows = [(1, after)] if before is None else [(-1, before), (1, after)]
    values = ", ".join([f"(%s, {ROW})"] * len(rows))
    changed = f"(SELECT * FROM (VALUES {values}) AS v (sign, {', '.join(rollup.COLUMNS)}))"
    with connection.cursor() as cursor:
        cursor.execute(
            rollup.add(f"({rollup.sums(changed, sign='sign *')})"),
            [value for sign, row in rows for value in (sign, *row)],
        )


def change_kind(order: Order, kind: str) -> None:
    """Move an order, its supplements left aside, from the sums of one 产品类型 to those of another."""
    if order.product_kind == kind:
        return
    before = contributing(order)
    order.product_kind = kind
    order.save(update_fields=["product_kind"])
    move_rollup(order, before)
