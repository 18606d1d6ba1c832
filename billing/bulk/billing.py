"""The bill run as one statement: contracts in, orders with lines, ledger, rollup and the unbillable list out."""

from __future__ import annotations

from billing.bulk import ledger, rollup
from billing.bulk.explain_sql import texts
from billing.bulk.pricing import unpaid
from billing.states import CHARGED, FeeKind, VersionState
from property.states import HeatState, Relief

LIVING = f"""
SELECT FROM billing_order AS o
WHERE o.room_id = c.room_id AND o.season_id = %(season)s AND o.fee_kind = '{FeeKind.HEAT}' AND o.seq = 1
    AND o.state NOT IN ('refunded', 'void')
"""

# How many contracts of each community wait for their order.
SIZES = f"""
SELECT c.community_id, count(*) FROM billing_contract AS c
WHERE c.state = 'approved' AND c.season_id = %(season)s AND {{chosen}} AND NOT EXISTS ({LIVING})
GROUP BY c.community_id ORDER BY c.community_id
"""

# Contracts of the chunk that are approved and have no living order; `reason` says why one cannot be billed.
WAITING = f"""
SELECT nextval('billing_order_id_seq') AS key, c.id AS contract_id, c.version_id, c.season_id, c.owner_id,
    r.company_id, r.office_id, r.community_id, r.building_id, r.id AS room_id, r.account_no, r.address,
    r.floor_area, r.inner_area, r.height, r.heat_state = '{HeatState.VACANT}' AS vacancy,
    w.name AS owner_name, w.kind AS owner_kind, p.kind AS product_kind,
    CASE WHEN coalesce(w.relief_from <= s.starts_on, true) AND coalesce(w.relief_to >= s.ends_on, true)
        THEN w.relief ELSE '{Relief.NONE}' END AS relief,
    CASE
        WHEN r.heat_state = '{HeatState.DISMANTLED}' THEN '户室已拆网'
        WHEN r.heat_state = '{HeatState.DISABLED}' THEN '户室已停用'
        WHEN v.state = '{VersionState.DRAFT}' THEN '产品版本尚未生效'
        WHEN v.area_basis = 'inner' AND r.inner_area IS NULL THEN '没有户室面积，不能计费'
    END AS reason
FROM billing_contract AS c
JOIN property_room AS r ON r.id = c.room_id
JOIN property_owner AS w ON w.id = c.owner_id
JOIN billing_season AS s ON s.id = c.season_id
JOIN billing_productversion AS v ON v.id = c.version_id
JOIN billing_product AS p ON p.id = c.product_id
WHERE c.state = 'approved' AND c.season_id = %(season)s AND c.community_id = ANY(%(communities)s)
    AND {{chosen}} AND NOT EXISTS ({LIVING} AND o.community_id = ANY(%(communities)s))
"""

# A boolean, because the planner takes IS NULL of an unknown column for one row in two hundred.
TO_BILL = f"SELECT w.*, w.reason IS NULL AS billable FROM ({WAITING}) AS w"

FACTS = """
SELECT t.*, %(on)s::date AS price_on, NULL::integer AS heated_days FROM todo AS t WHERE billable
"""

# 零应缴: settled from the start.
PAID = "principal + late_fee = 0"

# What no column can hold is not billed either.
TOO_MUCH = "standard_fee > 99999999.99 OR charge_area > 99999999.99"

# What is kept of a priced row.
KEPT = """key, season_id, building_id, community_id, office_id, company_id, room_id, owner_id, contract_id, version_id,
    product_kind, principal, line_amount, charge_area, standard_fee, line, heated_days, vacancy, relief, base_area,
    closed_on, price_on, late_start,
    floor_area, inner_area, height, account_no, owner_name, owner_kind, address"""

TEXT_FACTS = """
SELECT key, version_id, vacancy, relief, heated_days, charge_area, standard_fee, line, line_amount, principal
FROM billed
"""

ORDERS = f"""
INSERT INTO billing_order (
    id, number, company_id, office_id, community_id, building_id, room_id, owner_id, season_id, contract_id, version_id,
    fee_kind, seq, state, account_no, owner_name, owner_kind, address, product_kind,
    floor_area, inner_area, height, base_area, over_area, charge_area, heated_days, vacancy, relief,
    standard_fee, line, line_amount, discount, principal, late_accrued, late_waived, late_paid, paid, refunded,
    closed_on, priced_on, next_change_on, overdue_from, last_channel, note,
    bill_run_id, batch_id, created_by_id, created_at)
SELECT key, 'D' || %(day)s || lpad(nextval('billing_order_number')::text, 8, '0'),
    company_id, office_id, community_id, building_id, room_id, owner_id, season_id, contract_id, version_id,
    '{FeeKind.HEAT}', 1, CASE WHEN {PAID} THEN 'paid' ELSE 'unpaid' END,
    account_no, owner_name, owner_kind, address, product_kind,
    floor_area, inner_area, height, base_area, charge_area - base_area, charge_area, heated_days, vacancy, relief,
    standard_fee, line, line_amount, line_amount - principal, principal, late_fee, 0, 0, 0, 0,
    closed_on, price_on, CASE WHEN NOT {PAID} THEN next_change_on END, late_start, '',
    CASE WHEN {PAID} THEN '零应缴' ELSE '' END, %(run)s, %(batch)s, %(actor)s, now()
FROM billed
"""

LINES = f"""
INSERT INTO billing_orderline (order_id, position, kind, label, text, sign, amount)
SELECT t.key, l.position, l.kind, l.label, l.text, l.sign, l.amount
FROM ({texts(TEXT_FACTS)}) AS t
CROSS JOIN LATERAL (VALUES
    (1, t.heat_kind, t.heat_label, t.heat_text, 1, t.line_amount),
    (2, 'discount', '优惠', t.discount_text, -1, t.line_amount - t.principal)
) AS l (position, kind, label, text, sign, amount)
WHERE l.position = 1 OR l.amount > 0
"""

# One pass over the new orders feeds ledger, rollup and counts.
CONTRIBUTING = f"""
(SELECT {", ".join((*rollup.KEY, *rollup.PLACE))}, CASE WHEN {PAID} THEN 'paid' ELSE 'unpaid' END AS state, line,
    charge_area, standard_fee, line_amount, line_amount - principal AS discount, principal, 0 AS paid,
    late_fee AS late_accrued, 0 AS late_waived, 0 AS late_paid FROM billed)
"""

BUILDINGS = """
SELECT 'bill_run:' || %(run)s || ':' || building_id AS source, min(company_id) AS company_id,
    min(office_id) AS office_id, sum(orders) AS orders, sum(principal) AS total
FROM sums GROUP BY building_id HAVING sum(principal) > 0
"""

# One control group per run and building: the orders are its sub-ledger.
GROUPS = ledger.post("buildings", note="'开单 ' || orders || ' 户'")

UNBILLABLE = f"""
INSERT INTO billing_unbillable (run_id, contract_id, reason)
SELECT %(run)s, contract_id, reason FROM todo WHERE reason IS NOT NULL
UNION ALL SELECT %(run)s, contract_id, '金额或面积超出上限，不能计费' FROM priced WHERE {TOO_MUCH}
RETURNING 1
"""


def bill_statement(chosen: str) -> str:
    """Return the statement; `chosen` narrows the contracts `c`. It returns orders, their principal, and skipped."""
    return f"""
WITH todo AS MATERIALIZED ({TO_BILL.format(chosen=chosen)}),
{unpaid(FACTS, KEPT)},
billed AS NOT MATERIALIZED (SELECT * FROM priced WHERE NOT ({TOO_MUCH})),
sums AS MATERIALIZED ({rollup.sums(CONTRIBUTING)}),
buildings AS MATERIALIZED ({BUILDINGS}),
orders AS ({ORDERS}),
lines AS ({LINES}),
groups AS ({GROUPS}),
entries AS ({ledger.entries("buildings", (CHARGED, "total"))}),
rollup AS ({rollup.add("sums")}),
skipped AS ({UNBILLABLE})
SELECT coalesce(sum(orders), 0), coalesce(sum(principal), 0), (SELECT count(*) FROM skipped) FROM sums
"""
