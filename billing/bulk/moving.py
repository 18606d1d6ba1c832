"""What follows a place that moves, as statements over the ids of its rooms and orders."""

from __future__ import annotations

from billing.bulk import rollup

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

MOVED = "(SELECT * FROM billing_order WHERE id = ANY(%(orders)s))"

ROLLUP_LOCK = rollup.lock("""
    s.season_id IN (SELECT season_id FROM billing_order WHERE id = ANY(%(orders)s))
    AND (s.building_id = %(to)s OR s.building_id IN (SELECT building_id FROM billing_order WHERE id = ANY(%(orders)s)))
""")
ROLLUP_LESS = rollup.add(f"({rollup.sums(MOVED, sign='-')})")
ROLLUP_MORE = rollup.add(f"({rollup.sums(MOVED)})", follow=True)

# Figures differ by what moves and not by what is done meanwhile: the orders are locked, other rows only added to.
STEPS = (CONTRACTS, REQUESTS, PREPAYMENTS, ROLLUP_LOCK, ROLLUP_LESS, ORDERS, ROLLUP_MORE)
