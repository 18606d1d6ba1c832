"""Bringing many stored orders to a day, as statements over one temporary table `rolled`."""

from __future__ import annotations

from billing.bulk.explain_sql import texts
from billing.bulk.pricing import paid
from billing.states import Account

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

CREATE = f"""
CREATE TEMP TABLE rolled AS
WITH {paid(FACTS, HISTORY)}
SELECT t.key, t.line, t.line_amount, t.line_amount - t.principal AS discount, t.principal, t.standard_fee,
    t.late_fee, t.closed_on, t.next_change_on, t.late_start, t.heat_kind, t.heat_label, t.heat_text, t.discount_text,
    o.season_id, o.building_id, o.community_id, o.company_id, o.office_id, o.product_kind,
    o.principal AS old_principal, o.discount AS old_discount, o.late_accrued AS old_late, o.line AS old_line,
    CASE WHEN t.line = 'relief' THEN t.standard_fee - t.line_amount ELSE 0 END
        - CASE WHEN o.line = 'relief' THEN o.standard_fee - o.line_amount ELSE 0 END AS relief_change,
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
WITH sums AS MATERIALIZED (
    SELECT building_id, min(company_id) AS company_id, min(office_id) AS office_id,
        sum(greatest(principal - old_principal, 0)) AS up, sum(greatest(old_principal - principal, 0)) AS down
    FROM rolled WHERE principal <> old_principal GROUP BY building_id
), number AS MATERIALIZED (
    SELECT nextval('billing_roll_number') AS roll
), groups AS (
    INSERT INTO billing_ledgergroup (source, "on", company_id, office_id, actor_id, at, note)
    SELECT 'roll:' || roll || ':' || building_id, %(on)s, company_id, office_id, %(actor)s, now(), '应缴随日期变动'
    FROM sums, number RETURNING id, source
)
INSERT INTO billing_ledgerentry (group_id, account, side, amount)
SELECT g.id, e.account, e.side, e.amount
FROM sums CROSS JOIN number JOIN groups AS g ON g.source = 'roll:' || roll || ':' || building_id
CROSS JOIN LATERAL (VALUES
    ('{Account.RECEIVABLE}', 'debit', sums.up), ('{Account.HEAT_INCOME}', 'credit', sums.up),
    ('{Account.RECEIVABLE}', 'credit', sums.down), ('{Account.HEAT_INCOME}', 'debit', sums.down)
) AS e (account, side, amount)
WHERE e.amount > 0
"""

# In the order in which payments (oldest season first) and bill runs come to these rows.
ROLLUP_LOCK = """
SELECT s.id FROM billing_seasonrollup AS s JOIN billing_season AS y ON y.id = s.season_id
WHERE (season_id, building_id, product_kind) IN (SELECT season_id, building_id, product_kind FROM rolled)
ORDER BY y.year, s.building_id, s.product_kind FOR UPDATE OF s
"""

ROLLUP = """
UPDATE billing_seasonrollup AS s SET principal = s.principal + c.principal, discount = s.discount + c.discount,
    late_accrued = s.late_accrued + c.late, relief_saved = s.relief_saved + c.relief,
    vacancy_orders = s.vacancy_orders + c.vacancies
FROM (
    SELECT season_id, building_id, product_kind, sum(principal - old_principal) AS principal,
        sum(discount - old_discount) AS discount, sum(late_fee - old_late) AS late, sum(relief_change) AS relief,
        sum((line = 'vacancy')::integer - (old_line = 'vacancy')::integer) AS vacancies
    FROM rolled GROUP BY season_id, building_id, product_kind
) AS c
WHERE s.season_id = c.season_id AND s.building_id = c.building_id AND s.product_kind = c.product_kind
"""

STEPS = (ORDERS, OLD_LINES, LINES, LEDGER, ROLLUP_LOCK, ROLLUP)
DROP = "DROP TABLE rolled"
