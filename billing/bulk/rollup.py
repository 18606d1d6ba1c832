"""What an order adds to the sums of its season and building: the one definition, for one order and for many.

Every writer gives a SELECT of order-like rows (`COLUMNS`) and adds or takes away what they contribute.
"""

from __future__ import annotations

from billing.states import DEAD

KEY = ("season_id", "building_id", "product_kind")
PLACE = ("company_id", "office_id", "community_id")

# What the figures are made from.
COLUMNS = (
    *KEY,
    *PLACE,
    "state",
    "line",
    "charge_area",
    "standard_fee",
    "line_amount",
    "discount",
    "principal",
    "paid",
    "late_accrued",
    "late_waived",
    "late_paid",
)

# What one living order contributes to each figure; an order that is void or fully refunded contributes nothing.
FIGURES = {
    "orders": "1",
    "charge_area": "charge_area",
    "principal": "principal",
    "paid": "paid",
    "late_accrued": "late_accrued",
    "late_waived": "late_waived",
    "late_paid": "late_paid",
    "discount": "discount",
    "relief_saved": "CASE WHEN line = 'relief' THEN standard_fee - line_amount ELSE 0 END",
    "vacancy_orders": "CASE WHEN line = 'vacancy' THEN 1 ELSE 0 END",
    "paid_orders": "CASE WHEN state = 'paid' THEN 1 ELSE 0 END",
    "paid_area": "CASE WHEN state = 'paid' THEN charge_area ELSE 0 END",
}
LIVING = f"state NOT IN ({', '.join(repr(state.value) for state in DEAD)})"


def sums(rows: str, *, sign: str = "") -> str:
    """Return the SELECT that sums what `rows` (a SELECT or a table) contribute, by key.

    `sign` is "" to add them, "-" to take them away, or "sign *" when a column of the rows says which.
    """
    figures = ", ".join(f"sum({sign} ({sql})) AS {name}" for name, sql in FIGURES.items())
    places = ", ".join(f"min({name}) AS {name}" for name in PLACE)
    return f"""
SELECT {", ".join(KEY)}, {places}, {figures} FROM {rows} AS contributing
WHERE {LIVING} GROUP BY {", ".join(KEY)}
"""


def add(summed: str, *, follow: bool = False) -> str:
    """Return the statement that adds the rows of `summed` (made by `sums`) to the rollup, in the order of the locks.

    With `follow` a row takes the office and 小区 of what is added: its building stands there now.
    """
    names = ", ".join((*KEY, *PLACE, *FIGURES))
    changes = [f"{name} = s.{name} + excluded.{name}" for name in FIGURES]
    if follow:
        changes += [f"{name} = excluded.{name}" for name in ("office_id", "community_id")]
    return f"""
INSERT INTO billing_seasonrollup AS s ({names})
SELECT {names} FROM {summed} AS added ORDER BY building_id, product_kind
ON CONFLICT ({", ".join(KEY)}) DO UPDATE SET {", ".join(changes)}
"""


def lock(rows: str) -> str:
    """Return the statement that locks the rollup rows that `rows`, a condition over `s`, names.

    In the order in which payments (oldest season first) and bill runs come to them.
    """
    return f"""
SELECT s.id FROM billing_seasonrollup AS s JOIN billing_season AS y ON y.id = s.season_id
WHERE {rows}
ORDER BY y.year, s.building_id, s.product_kind FOR UPDATE OF s
"""
