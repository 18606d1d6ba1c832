"""The SQL of the room import: each statement returns one count. Names come from the staging table `intake_rooms`."""

from __future__ import annotations

STAGE = """
DROP TABLE IF EXISTS pg_temp.intake_rooms;
CREATE TEMP TABLE intake_rooms (
    row integer, community text, building text, unit text, number text, account_no text,
    floor_area numeric, inner_area numeric, height numeric, owner_name text, phone text, phone2 text,
    owner_kind text, relief text, product_code text, heat_state text, debt_year integer, debt_amount numeric,
    meter_no text, note text,
    community_key text, building_key text, unit_key text, room_key text, address text
) ON COMMIT DROP
"""

COMMUNITIES = """
WITH made AS (
    INSERT INTO property_community (
        company_id, office_id, name, code, address, heat_station, note, active, sort_key, batch_id, created_by_id,
        created_at)
    SELECT %(company)s, %(office)s, community, '', '', '', '', true, left(min(community_key), 200), %(batch)s,
        %(actor)s, now()
    FROM intake_rooms GROUP BY community ORDER BY min(row)
    ON CONFLICT (company_id, name) DO NOTHING RETURNING 1)
SELECT count(*) FROM made
"""

BUILDINGS = """
WITH made AS (
    INSERT INTO property_building (community_id, name, system, note, active, sort_key, batch_id)
    SELECT c.id, i.building, 'per_room', '', true, left(min(i.building_key), 200), %(batch)s
    FROM intake_rooms AS i
    JOIN property_community AS c ON c.company_id = %(company)s AND c.name = i.community
    GROUP BY c.id, i.building ORDER BY min(i.row)
    ON CONFLICT (community_id, name) DO NOTHING RETURNING 1)
SELECT count(*) FROM made
"""

UNITS = """
WITH made AS (
    INSERT INTO property_unit (building_id, name, note, active, sort_key, batch_id)
    SELECT b.id, i.unit, '', true, left(min(i.unit_key), 200), %(batch)s
    FROM intake_rooms AS i
    JOIN property_community AS c ON c.company_id = %(company)s AND c.name = i.community
    JOIN property_building AS b ON b.community_id = c.id AND b.name = i.building
    GROUP BY b.id, i.unit ORDER BY min(i.row)
    ON CONFLICT (building_id, name) DO NOTHING RETURNING 1)
SELECT count(*) FROM made
"""

# The first row of a person says what he is; one owner may hold many rooms.
OWNERS = """
WITH made AS (
    INSERT INTO property_owner (
        company_id, office_id, number, name, phone, phone2, kind, relief, id_kind, id_cipher, id_hash, id_tail,
        org_name, tax_no, note, active, batch_id, created_by_id, created_at)
    SELECT %(company)s, f.office_id, 'Y' || lpad(nextval('property_owner_number')::text, 8, '0'),
        f.owner_name, f.phone, f.phone2, f.owner_kind, f.relief, '', '', '', '', '', '', '', true, %(batch)s,
        %(actor)s, now()
    FROM (
        SELECT DISTINCT ON (i.owner_name, i.phone) i.*, c.office_id
        FROM intake_rooms AS i
        JOIN property_community AS c ON c.company_id = %(company)s AND c.name = i.community
        ORDER BY i.owner_name, i.phone, i.row) AS f
    ORDER BY f.row
    ON CONFLICT (company_id, name, phone) DO NOTHING RETURNING 1)
SELECT count(*) FROM made
"""

ROOMS = """
WITH made AS (
    INSERT INTO property_room (
        company_id, office_id, community_id, building_id, unit_id, number, account_no, floor_area, inner_area, height,
        meter_no, owner_id, heat_state, note, address, sort_key, batch_id, created_by_id, created_at)
    SELECT %(company)s, c.office_id, c.id, b.id, u.id, i.number, i.account_no, i.floor_area, i.inner_area, i.height,
        i.meter_no, w.id, i.heat_state, i.note, left(i.address, 200), left(i.room_key, 400), %(batch)s, %(actor)s,
        now()
    FROM intake_rooms AS i
    JOIN property_community AS c ON c.company_id = %(company)s AND c.name = i.community
    JOIN property_building AS b ON b.community_id = c.id AND b.name = i.building
    JOIN property_unit AS u ON u.building_id = b.id AND u.name = i.unit
    JOIN property_owner AS w ON w.company_id = %(company)s AND w.name = i.owner_name AND w.phone = i.phone
    ORDER BY i.row
    RETURNING 1)
SELECT count(*) FROM made
"""

PLACES = {
    "communities": COMMUNITIES,
    "buildings": BUILDINGS,
    "units": UNITS,
    "owners": OWNERS,
    "rooms": ROOMS,
}

NAMES_A_PRODUCT = "SELECT count(*) FROM intake_rooms WHERE product_code <> ''"

CONTRACTS = """
WITH made AS (
    INSERT INTO billing_contract (
        company_id, office_id, community_id, building_id, room_id, owner_id, season_id, product_id, version_id,
        number, state, source, submitted_by_id, submitted_at, decided_at, decision_note, batch_id)
    SELECT r.company_id, r.office_id, r.community_id, r.building_id, r.id, r.owner_id, %(season)s, p.id, v.id,
        'HT' || %(day)s || lpad(nextval('billing_contract_number')::text, 8, '0'), 'approved', 'import',
        %(actor)s, now(), now(), '', %(batch)s
    FROM intake_rooms AS i
    JOIN property_room AS r ON r.company_id = %(company)s AND r.account_no = i.account_no AND r.batch_id = %(batch)s
    JOIN billing_product AS p ON p.company_id = %(company)s AND upper(p.code) = upper(i.product_code)
    JOIN billing_productversion AS v ON v.product_id = p.id AND v.state = 'effective'
    WHERE i.product_code <> ''
    ORDER BY i.row
    RETURNING 1)
SELECT count(*) FROM made
"""

# Orders of old seasons with their line; one ledger group per building; the rollup of each season.
DEBTS = """
WITH made AS (
    INSERT INTO billing_order (
        number, company_id, office_id, community_id, building_id, room_id, owner_id, season_id, fee_kind, seq, state,
        account_no, owner_name, owner_kind, address, product_kind, floor_area, inner_area, height, base_area,
        over_area, charge_area, vacancy, relief, standard_fee, line, line_amount, discount, principal, late_accrued,
        late_waived, late_paid, paid, refunded, priced_on, overdue_from, last_channel, note, batch_id,
        created_by_id, created_at)
    SELECT 'D' || %(day)s || lpad(nextval('billing_order_number')::text, 8, '0'), r.company_id, r.office_id,
        r.community_id, r.building_id, r.id, r.owner_id, s.id, 'arrears', 1,
        CASE WHEN i.debt_amount > 0 THEN 'unpaid' ELSE 'paid' END,
        r.account_no, w.name, w.kind, r.address, '', r.floor_area, r.inner_area, r.height, 0, 0, 0, false, 'normal',
        0, 'standard', i.debt_amount, 0, i.debt_amount, 0, 0, 0, 0, 0, %(on)s, s.ends_on, '',
        CASE WHEN i.debt_amount > 0 THEN '' ELSE '零应缴' END, %(batch)s, %(actor)s, now()
    FROM intake_rooms AS i
    JOIN property_room AS r ON r.company_id = %(company)s AND r.account_no = i.account_no AND r.batch_id = %(batch)s
    JOIN property_owner AS w ON w.id = r.owner_id
    JOIN billing_season AS s ON s.company_id = %(company)s AND s.year = i.debt_year
    WHERE i.debt_year IS NOT NULL
    ORDER BY i.row
    RETURNING *),
lines AS (
    INSERT INTO billing_orderline (order_id, position, kind, label, text, sign, amount)
    SELECT m.id, 1, 'arrears', '往年欠费', s.name || '转入的本金', 1, m.principal
    FROM made AS m JOIN billing_season AS s ON s.id = m.season_id),
sums AS (
    SELECT season_id, company_id, office_id, community_id, building_id, count(*) AS orders,
        sum(principal) AS principal, count(*) FILTER (WHERE state = 'paid') AS paid_orders
    FROM made GROUP BY 1, 2, 3, 4, 5),
buildings AS (
    SELECT building_id, min(company_id) AS company_id, min(office_id) AS office_id, sum(principal) AS total
    FROM made GROUP BY building_id HAVING sum(principal) > 0),
groups AS (
    INSERT INTO billing_ledgergroup (source, "on", company_id, office_id, actor_id, at, note)
    SELECT 'old_debt:' || %(batch)s || ':' || building_id, %(on)s, company_id, office_id, %(actor)s, now(),
        '往年欠费转入'
    FROM buildings RETURNING id, source),
entries AS (
    INSERT INTO billing_ledgerentry (group_id, account, side, amount)
    SELECT g.id, a.account, a.side, b.total
    FROM groups AS g
    JOIN buildings AS b ON g.source = 'old_debt:' || %(batch)s || ':' || b.building_id
    CROSS JOIN (VALUES ('receivable', 'debit'), ('old_arrears', 'credit')) AS a (account, side)),
rollup AS (
    INSERT INTO billing_seasonrollup AS t (
        season_id, company_id, office_id, community_id, building_id, product_kind, orders, charge_area, principal,
        paid, late_accrued, late_waived, late_paid, discount, relief_saved, vacancy_orders, paid_orders, paid_area)
    SELECT season_id, company_id, office_id, community_id, building_id, '', orders, 0, principal, 0, 0, 0, 0, 0, 0, 0,
        paid_orders, 0
    FROM sums
    ON CONFLICT (season_id, building_id, product_kind) DO UPDATE SET
        orders = t.orders + excluded.orders, principal = t.principal + excluded.principal,
        paid_orders = t.paid_orders + excluded.paid_orders)
SELECT count(*) FROM made
"""

MINE = "SELECT id FROM property_room WHERE batch_id = %(batch)s"
ORDERS = "SELECT id FROM billing_order WHERE batch_id = %(batch)s"

# What stands in the way of taking a batch back: the sentence, and the count that must be 0.
TOUCHED = {
    "其中 {} 笔订单已有缴费": f"""
        SELECT count(DISTINCT order_id) FROM billing_allocation WHERE order_id IN ({ORDERS})""",
    "其中 {} 户已有缴费记录": f"SELECT count(*) FROM payments_payment WHERE room_id IN ({MINE})",
    "其中 {} 户已有预存款": f"SELECT count(*) FROM billing_prepayment WHERE room_id IN ({MINE})",
    "其中 {} 户已有变更申请": f"SELECT count(*) FROM property_changerequest WHERE room_id IN ({MINE})",
    "其中 {} 份变更申请已处理": """
        SELECT count(*) FROM property_changerequest
        WHERE batch_id = %(batch)s AND state NOT IN ('pending', 'withdrawn')""",
    "其中 {} 户已有抄表记录": f"SELECT count(*) FROM meters_reading WHERE room_id IN ({MINE})",
    "其中 {} 户另有签约": f"""
        SELECT count(*) FROM billing_contract
        WHERE room_id IN ({MINE}) AND (batch_id IS DISTINCT FROM %(batch)s OR state <> 'approved')""",
    "其中 {} 户另有订单": f"""
        SELECT count(*) FROM billing_order WHERE room_id IN ({MINE}) AND batch_id IS DISTINCT FROM %(batch)s""",
}

LEDGER_BACK = f"""
WITH sums AS (
    SELECT building_id, min(company_id) AS company_id, min(office_id) AS office_id,
        CASE fee_kind WHEN 'arrears' THEN 'old_arrears' ELSE 'heat_income' END AS account, sum(principal) AS total
    FROM billing_order WHERE id IN ({ORDERS}) AND state NOT IN ('void', 'refunded')
    GROUP BY building_id, 4 HAVING sum(principal) > 0),
groups AS (
    INSERT INTO billing_ledgergroup (source, "on", company_id, office_id, actor_id, at, note)
    SELECT 'undo:' || %(batch)s || ':' || account || ':' || building_id, %(on)s, company_id, office_id, %(actor)s,
        now(), '撤销导入'
    FROM sums RETURNING id, source),
entries AS (
    INSERT INTO billing_ledgerentry (group_id, account, side, amount)
    SELECT g.id, a.account, a.side, s.total
    FROM groups AS g
    JOIN sums AS s ON g.source = 'undo:' || %(batch)s || ':' || s.account || ':' || s.building_id
    CROSS JOIN LATERAL (VALUES (s.account, 'debit'), ('receivable', 'credit')) AS a (account, side))
SELECT count(*) FROM groups
"""

ROLLUP_BACK = f"""
WITH sums AS (
    SELECT season_id, building_id, product_kind, count(*) AS orders, sum(charge_area) AS charge_area,
        sum(principal) AS principal, sum(late_accrued) AS late_accrued, sum(discount) AS discount,
        coalesce(sum(standard_fee - line_amount) FILTER (WHERE line = 'relief'), 0) AS relief_saved,
        count(*) FILTER (WHERE line = 'vacancy') AS vacancy_orders,
        count(*) FILTER (WHERE state = 'paid') AS paid_orders,
        coalesce(sum(charge_area) FILTER (WHERE state = 'paid'), 0) AS paid_area
    FROM billing_order WHERE id IN ({ORDERS}) AND state NOT IN ('void', 'refunded') GROUP BY 1, 2, 3),
moved AS (
    UPDATE billing_seasonrollup AS t SET
        orders = t.orders - s.orders, charge_area = t.charge_area - s.charge_area,
        principal = t.principal - s.principal, late_accrued = t.late_accrued - s.late_accrued,
        discount = t.discount - s.discount, relief_saved = t.relief_saved - s.relief_saved,
        vacancy_orders = t.vacancy_orders - s.vacancy_orders, paid_orders = t.paid_orders - s.paid_orders,
        paid_area = t.paid_area - s.paid_area
    FROM sums AS s
    WHERE t.season_id = s.season_id AND t.building_id = s.building_id AND t.product_kind = s.product_kind
    RETURNING t.id, t.orders)
SELECT count(*) FROM moved
"""


def _delete(table: str, condition: str) -> str:
    return f"WITH gone AS (DELETE FROM {table} AS t WHERE {condition} RETURNING 1) SELECT count(*) FROM gone"


REQUESTS_BACK = """
WITH back AS (
    UPDATE property_changerequest SET state = 'withdrawn' WHERE batch_id = %(batch)s AND state = 'pending' RETURNING 1)
SELECT count(*) FROM back
"""

UNDO = {
    "requests": REQUESTS_BACK,
    "ledger": LEDGER_BACK,
    "rollup": ROLLUP_BACK,
    "empty_rollup": _delete(
        "billing_seasonrollup",
        "t.orders = 0 AND t.building_id IN (SELECT building_id FROM property_room WHERE batch_id = %(batch)s)",
    ),
    "lines": _delete("billing_orderline", f"t.order_id IN ({ORDERS})"),
    "orders": _delete("billing_order", "t.batch_id = %(batch)s"),
    "unbillable": _delete(
        "billing_unbillable", "t.contract_id IN (SELECT id FROM billing_contract WHERE batch_id = %(batch)s)"
    ),
    "contracts": _delete("billing_contract", "t.batch_id = %(batch)s"),
    "rooms": _delete("property_room", "t.batch_id = %(batch)s"),
    "owners": _delete(
        "property_owner",
        """t.batch_id = %(batch)s AND t.user_id IS NULL
        AND NOT EXISTS (SELECT FROM property_room AS r WHERE r.owner_id = t.id)
        AND NOT EXISTS (SELECT FROM billing_contract AS c WHERE c.owner_id = t.id)
        AND NOT EXISTS (SELECT FROM billing_order AS o WHERE o.owner_id = t.id)
        AND NOT EXISTS (SELECT FROM property_changerequest AS q WHERE q.owner_id = t.id)""",
    ),
    "units": _delete(
        "property_unit",
        "t.batch_id = %(batch)s AND NOT EXISTS (SELECT FROM property_room AS r WHERE r.unit_id = t.id)",
    ),
    "buildings": _delete(
        "property_building",
        "t.batch_id = %(batch)s AND NOT EXISTS (SELECT FROM property_unit AS u WHERE u.building_id = t.id)",
    ),
    "communities": _delete(
        "property_community",
        "t.batch_id = %(batch)s AND NOT EXISTS (SELECT FROM property_building AS b WHERE b.community_id = t.id)",
    ),
}
