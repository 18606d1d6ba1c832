"""The sums of a season by building: moved with every change of an order, in the same transaction."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection

from billing.models import Order
from billing.states import DEAD, Line, OrderState

Contribution = dict[str, Decimal | int]

COLUMNS = (
    "orders",
    "charge_area",
    "principal",
    "paid",
    "late_accrued",
    "late_waived",
    "late_paid",
    "discount",
    "relief_saved",
    "vacancy_orders",
    "paid_orders",
    "paid_area",
)

KEY = ("season_id", "company_id", "office_id", "community_id", "building_id", "product_kind")

ADD = f"""
INSERT INTO billing_seasonrollup ({", ".join(KEY + COLUMNS)})
VALUES ({", ".join(["%s"] * len(KEY + COLUMNS))})
ON CONFLICT (season_id, building_id, product_kind) DO UPDATE SET
{", ".join(f"{c} = billing_seasonrollup.{c} + excluded.{c}" for c in COLUMNS)}
"""


def contribution(order: Order) -> Contribution:
    """Return what one order adds to its rollup row; a dead order adds nothing."""
    if order.state in DEAD:
        return dict.fromkeys(COLUMNS, 0)
    paid = order.state == OrderState.PAID
    return {
        "orders": 1,
        "charge_area": order.charge_area,
        "principal": order.principal,
        "paid": order.paid,
        "late_accrued": order.late_accrued,
        "late_waived": order.late_waived,
        "late_paid": order.late_paid,
        "discount": order.discount,
        "relief_saved": order.standard_fee - order.line_amount if order.line == Line.RELIEF else 0,
        "vacancy_orders": int(order.line == Line.VACANCY),
        "paid_orders": int(paid),
        "paid_area": order.charge_area if paid else 0,
    }


def move_rollup(order: Order, before: Contribution) -> None:
    """Add the difference between `before` and the order as it is now to its rollup row."""
    after = contribution(order)
    _add(order, [after[column] - before[column] for column in COLUMNS])


def change_kind(order: Order, kind: str) -> None:
    """Move an order, its supplements left aside, from the sums of one 产品类型 to those of another."""
    if order.product_kind == kind:
        return
    mine = contribution(order)
    _add(order, [-mine[column] for column in COLUMNS])
    order.product_kind = kind
    order.save(update_fields=["product_kind"])
    _add(order, [mine[column] for column in COLUMNS])


def _add(order: Order, change: list[Decimal | int]) -> None:
    if any(change):
        with connection.cursor() as cursor:
            cursor.execute(ADD, [getattr(order, name) for name in KEY] + change)
