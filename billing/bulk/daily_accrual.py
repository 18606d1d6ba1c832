"""Bringing many stored orders to a day, as statements over one temporary table `rolled`."""

from __future__ import annotations

from billing.bulk import ledger, rollup
from billing.bulk.explain_sql import texts
from billing.bulk.pricing import paid
from billing.states import CHARGED

FACTS = """
SELECT o.id AS key, %(on)s::date AS price_on, o.version_id, o.floor_area, o.inner_area, o.height, o.vacancy, o.relief,
    o.heated_days::integer AS heated_days
FROM billing_order AS o WHERE o.id = ANY(%(orders)s)
"""

# Principal paid per day, net; every day on which something was paid, and the day of closing, is looked at.
HISTORY = """
SELECT key, day, sum(amount) AS amount FROM (
    SELECT order_id AS key, "on" AS day, CASE
        WHEN kind <> 'principal' THEN 0.00 WHEN direction = 'in' THEN amount ELSE -amount END AS amount
    FROM billing_allocation WHERE order_id = ANY(%(orders)s) AND "on" <= %(on)s
    UNION ALL
    SELECT id, closed_on, 0.00 FROM billing_order WHERE id = ANY(%(orders)s) AND closed_on <= %(on)s
) AS moves GROUP BY key, day
"""

PRICED = """
SELECT key, version_id, vacancy, relief, heated_days, charge_area, standard_fee, line, line_amount, principal, late_fee,
    closed_on, next_change_on, late_start
FROM priced
"""

# What an order contributes to the rollup and keeps when it is brought to another day.
KEPT = (*rollup.KEY, *rollup.PLACE, "state", "charge_area", "paid", "late_waived", "late_paid")

CREATE = f"""
CREATE TEMP TABLE rolled AS
WITH {paid(FACTS, HISTORY)}
SELECT t.key, t.line, t.line_amount, t.line_amount - t.principal AS discount, t.principal, t.standard_fee,
    t.late_fee, t.closed_on, t.next_change_on, t.late_start, t.heat_kind, t.heat_label, t.heat_text, t.discount_text,
    {", ".join(f"o.{name}" for name in KEPT)},
    o.principal AS old_principal, o.discount AS old_discount, o.late_accrued AS old_late, o.line AS old_line,
    o.standard_fee AS old_standard_fee, o.line_amount AS old_line_amount,
    (t.line, t.line_amount, t.principal) IS DISTINCT FROM (o.line, o.line_amount, o.principal) AS recharged,
    t.closed_on IS NULL AND t.principal <= o.paid AS covered
FROM ({texts(PRICED)}) AS t JOIN billing_order AS o ON o.id = t.key
"""

# A principal that fell to what has been paid closes the order and may leave a surplus: too rare for a set.
COVERED = "DELETE FROM rolled WHERE covered RETURNING key"

ORDERS = """
UPDATE billing_order AS o SET line = r.line, line_amount = r.line_amount, discount = r.discount,
    principal = r.principal, standard_fee = r.standard_fee, late_accrued = r.late_fee, closed_on = r.closed_on,
    priced_on = %(on)s, next_change_on = r.next_change_on, overdue_from = r.late_start
FROM rolled AS r WHERE o.id = r.key
"""

OLD_LINES = "DELETE FROM billing_orderline AS l USING rolled AS r WHERE l.order_id = r.key AND r.recharged"

LINES = """
INSERT INTO billing_orderline (order_id, position, kind, label, text, sign, amount)
SELECT r.key, l.position, l.kind, l.label, l.text, l.sign, l.amount FROM rolled AS r
CROSS JOIN LATERAL (VALUES
    (1, r.heat_kind, r.heat_label, r.heat_text, 1, r.line_amount),
    (2, 'discount', '优惠', r.discount_text, -1, r.discount)
) AS l (position, kind, label, text, sign, amount)
WHERE r.recharged AND (l.position = 1 OR l.amount > 0)
"""

LEDGER = f"""
WITH number AS MATERIALIZED (
    SELECT nextval('billing_roll_number') AS roll
), sums AS MATERIALIZED (
    SELECT 'roll:' || min(roll) || ':' || building_id AS source, min(company_id) AS company_id,
        min(office_id) AS office_id, sum(greatest(principal - old_principal, 0)) AS up,
        sum(greatest(old_principal - principal, 0)) AS down
    FROM rolled CROSS JOIN number WHERE principal <> old_principal GROUP BY building_id
), groups AS ({ledger.post("sums", note="'应缴随日期变动'")})
{ledger.entries("sums", (CHARGED, "up"), (CHARGED.back, "down"))}
"""

ROLLUP_LOCK = rollup.lock(
    "(season_id, building_id, product_kind) IN (SELECT season_id, building_id, product_kind FROM rolled)"
)

# Each order as it was and as it is now.
CHANGED = f"""
(SELECT {", ".join(KEPT)}, -1 AS sign, old_line AS line, old_standard_fee AS standard_fee,
    old_line_amount AS line_amount, old_discount AS discount, old_principal AS principal, old_late AS late_accrued
    FROM rolled
UNION ALL
SELECT {", ".join(KEPT)}, 1, line, standard_fee, line_amount, discount, principal, late_fee FROM rolled)
"""
ROLLUP = rollup.add(f"({rollup.sums(CHANGED, sign='sign *')})")

STEPS = (ORDERS, OLD_LINES, LINES, LEDGER, ROLLUP_LOCK, ROLLUP)
DROP = "DROP TABLE rolled"
