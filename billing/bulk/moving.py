"""What follows a place that moves, as statements over the ids of its rooms and orders."""

from __future__ import annotations

FOLLOW = """
UPDATE {table} AS t SET office_id = r.office_id, community_id = r.community_id, building_id = r.building_id
FROM property_room AS r WHERE r.id = t.room_id AND {which}
"""
CONTRACTS = FOLLOW.format(table="billing_contract", which="t.id = ANY(%(contracts)s)")
REQUESTS = FOLLOW.format(
    table="property_changerequest", which="r.id = ANY(%(rooms)s) AND t.state IN ('draft', 'pending')"
)
PREPAYMENTS = FOLLOW.format(table="billing_prepayment", which="r.id = ANY(%(rooms)s)")
ORDERS = FOLLOW.format(table="billing_order", which="t.id = ANY(%(orders)s)")

FIGURES = {
    "orders": "count(*)",
    "charge_area": "sum(o.charge_area)",
    "principal": "sum(o.principal)",
    "paid": "sum(o.paid)",
    "late_accrued": "sum(o.late_accrued)",
    "late_waived": "sum(o.late_waived)",
    "late_paid": "sum(o.late_paid)",
    "discount": "sum(o.discount)",
    "relief_saved": "coalesce(sum(o.standard_fee - o.line_amount) FILTER (WHERE o.line = 'relief'), 0)",
    "vacancy_orders": "count(*) FILTER (WHERE o.line = 'vacancy')",
    "paid_orders": "count(*) FILTER (WHERE o.state = 'paid')",
    "paid_area": "coalesce(sum(o.charge_area) FILTER (WHERE o.state = 'paid'), 0)",
}
SUMS = f"""
SELECT o.season_id, o.building_id, o.product_kind, min(o.company_id) AS company_id, min(o.office_id) AS office_id,
    min(o.community_id) AS community_id, {", ".join(f"{sql} AS {name}" for name, sql in FIGURES.items())}
FROM billing_order AS o WHERE o.id = ANY(%(orders)s) GROUP BY o.season_id, o.building_id, o.product_kind
"""

# In the order in which payments (oldest season first) and bill runs come to these rows.
ROLLUP_LOCK = """
SELECT s.id FROM billing_seasonrollup AS s JOIN billing_season AS y ON y.id = s.season_id
WHERE s.season_id IN (SELECT season_id FROM billing_order WHERE id = ANY(%(orders)s))
    AND (s.building_id = %(to)s OR s.building_id IN (SELECT building_id FROM billing_order WHERE id = ANY(%(orders)s)))
ORDER BY y.year, s.building_id, s.product_kind FOR UPDATE OF s
"""
ROLLUP_LESS = f"""
UPDATE billing_seasonrollup AS s SET {", ".join(f"{name} = s.{name} - m.{name}" for name in FIGURES)}
FROM ({SUMS}) AS m
WHERE s.season_id = m.season_id AND s.building_id = m.building_id AND s.product_kind = m.product_kind
"""
PLACE = ("season_id", "building_id", "product_kind", "company_id", "office_id", "community_id")
ROLLUP_MORE = f"""
INSERT INTO billing_seasonrollup AS s ({", ".join((*PLACE, *FIGURES))})
SELECT {", ".join((*PLACE, *FIGURES))} FROM ({SUMS}) AS m
ON CONFLICT (season_id, building_id, product_kind) DO UPDATE SET
    office_id = excluded.office_id, community_id = excluded.community_id,
    {", ".join(f"{name} = s.{name} + excluded.{name}" for name in FIGURES)}
"""

# Figures differ by what moves and not by what is done meanwhile: the orders are locked, other rows only added to.
STEPS = (CONTRACTS, REQUESTS, PREPAYMENTS, ROLLUP_LOCK, ROLLUP_LESS, ORDERS, ROLLUP_MORE)
