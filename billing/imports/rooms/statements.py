"""The SQL of the room import: each statement returns one count. Names come from the staging table `import_rooms`."""

from __future__ import annotations

from billing.bulk import ledger, rollup
from billing.states import OLD_DEBT

# Ids are taken while the rows come in, so that nothing has to be looked up again by its name.
STAGE = """
DROP TABLE IF EXISTS pg_temp.import_places, pg_temp.import_people, pg_temp.import_rooms;
CREATE TEMP TABLE import_places (
    place integer, community text, building text, unit text, community_key text, building_key text, unit_key text,
    community_id bigint, office_id bigint, building_id bigint, unit_id bigint
) ON COMMIT DROP;
CREATE TEMP TABLE import_people (
    person integer, place integer, name text, phone text, phone2 text, kind text, relief text,
    owner_id bigint DEFAULT nextval('property_owner_id_seq'), is_new boolean DEFAULT true
) ON COMMIT DROP;
CREATE TEMP TABLE import_rooms (
    place integer, person integer, number text, account_no text, floor_area numeric, inner_area numeric,
    height numeric, product_code text, heat_state text, debt_year integer, debt_amount numeric, meter_no text,
    note text, sort_key text, address text, room_id bigint DEFAULT nextval('property_room_id_seq')
) ON COMMIT DROP
"""
IMPORT_PLACES = "import_places (place, community, building, unit, community_key, building_key, unit_key)"
IMPORT_PEOPLE = "import_people (person, place, name, phone, phone2, kind, relief)"
IMPORT_ROOMS = """import_rooms (place, person, number, account_no, floor_area, inner_area, height, product_code,
    heat_state, debt_year, debt_amount, meter_no, note, sort_key, address)"""

COMMUNITIES = """
WITH made AS (
    INSERT INTO property_community (
        company_id, office_id, name, code, address, heat_station, note, active, sort_key, batch_id, created_by_id,
        created_at)
    SELECT %(company)s, %(office)s, community, '', '', '', '', true, left(min(community_key), 200), %(batch)s,
        %(actor)s, now()
    FROM import_places GROUP BY community ORDER BY min(place)
    ON CONFLICT (company_id, name) DO NOTHING RETURNING 1)
SELECT count(*) FROM made
"""
# Found places are locked from the top down, as a move locks them, and read as they are after the wait.
FIND_COMMUNITIES = """
WITH held AS MATERIALIZED (
    SELECT id, name, office_id FROM property_community
    WHERE company_id = %(company)s AND name IN (SELECT community FROM import_places)
    ORDER BY id FOR NO KEY UPDATE),
found AS (
    UPDATE import_places AS i SET community_id = c.id, office_id = c.office_id
    FROM held AS c WHERE c.name = i.community RETURNING 1)
SELECT count(*) FROM found
"""

BUILDINGS = """
WITH made AS (
    INSERT INTO property_building (community_id, name, system, note, active, sort_key, batch_id)
    SELECT community_id, building, 'per_room', '', true, left(min(building_key), 200), %(batch)s
    FROM import_places GROUP BY community_id, building ORDER BY min(place)
    ON CONFLICT (community_id, name) DO NOTHING RETURNING 1)
SELECT count(*) FROM made
"""
FIND_BUILDINGS = """
WITH held AS MATERIALIZED (
    SELECT id, name, community_id FROM property_building
    WHERE (community_id, name) IN (SELECT community_id, building FROM import_places)
    ORDER BY id FOR SHARE),
found AS (
    UPDATE import_places AS i SET building_id = b.id
    FROM held AS b WHERE b.community_id = i.community_id AND b.name = i.building RETURNING 1)
SELECT count(*) FROM found
"""

UNITS = """
WITH made AS (
    INSERT INTO property_unit (building_id, name, note, active, sort_key, batch_id)
    SELECT building_id, unit, '', true, left(unit_key, 200), %(batch)s FROM import_places ORDER BY place
    ON CONFLICT (building_id, name) DO NOTHING RETURNING 1)
SELECT count(*) FROM made
"""
FIND_UNITS = """
WITH held AS MATERIALIZED (
    SELECT id, name, building_id FROM property_unit
    WHERE (building_id, name) IN (SELECT building_id, unit FROM import_places)
    ORDER BY id FOR SHARE),
found AS (
    UPDATE import_places AS i SET unit_id = u.id
    FROM held AS u WHERE u.building_id = i.building_id AND u.name = i.unit RETURNING 1)
SELECT count(*) FROM found
"""

FIND_OWNERS = """
WITH held AS MATERIALIZED (
    SELECT id, name, phone FROM property_owner
    WHERE company_id = %(company)s AND (name, phone) IN (SELECT name, phone FROM import_people)
    ORDER BY id FOR SHARE),
found AS (
    UPDATE import_people AS i SET owner_id = o.id, is_new = false
    FROM held AS o
    WHERE o.name = i.name AND o.phone = i.phone RETURNING 1)
SELECT count(*) FROM found
"""
# The first row of a person gives their kind and relief; one owner may hold many rooms.
OWNERS = """
WITH made AS (
    INSERT INTO property_owner (
        id, company_id, office_id, number, name, phone, phone2, kind, relief, id_kind, id_cipher, id_hash, id_tail,
        org_name, tax_no, note, active, batch_id, created_by_id, created_at)
    SELECT i.owner_id, %(company)s, p.office_id, 'Y' || lpad(nextval('property_owner_number')::text, 8, '0'),
        i.name, i.phone, i.phone2, i.kind, i.relief, '', '', '', '', '', '', '', true, %(batch)s, %(actor)s, now()
    FROM import_people AS i JOIN import_places AS p ON p.place = i.place
    WHERE i.is_new ORDER BY i.person
    RETURNING 1)
SELECT count(*) FROM made
"""

ROOMS = """
WITH made AS (
    INSERT INTO property_room (
        id, company_id, office_id, community_id, building_id, unit_id, number, account_no, floor_area, inner_area,
        height, meter_no, owner_id, heat_state, note, address, sort_key, batch_id, created_by_id, created_at)
    SELECT i.room_id, %(company)s, p.office_id, p.community_id, p.building_id, p.unit_id, i.number, i.account_no,
        i.floor_area, i.inner_area, i.height, i.meter_no, w.owner_id, i.heat_state, i.note, left(i.address, 200),
        left(i.sort_key, 400), %(batch)s, %(actor)s, now()
    FROM import_rooms AS i
    JOIN import_places AS p ON p.place = i.place
    JOIN import_people AS w ON w.person = i.person
    ORDER BY i.room_id
    RETURNING 1)
SELECT count(*) FROM made
"""

# In this order; what only finds gives no count of anything made.
PLACES = {
    "communities": COMMUNITIES,
    "found_communities": FIND_COMMUNITIES,
    "buildings": BUILDINGS,
    "found_buildings": FIND_BUILDINGS,
    "units": UNITS,
    "found_units": FIND_UNITS,
    "found_owners": FIND_OWNERS,
    "owners": OWNERS,
    "rooms": ROOMS,
}

# What was in use when the file was checked, and is not any more.
SWITCHED_OFF = """
SELECT (SELECT count(*) FROM property_community WHERE NOT active AND id IN (SELECT community_id FROM import_places))
    + (SELECT count(*) FROM property_building WHERE NOT active AND id IN (SELECT building_id FROM import_places))
    + (SELECT count(*) FROM property_unit WHERE NOT active AND id IN (SELECT unit_id FROM import_places))
    + (SELECT count(*) FROM property_owner WHERE NOT active AND id IN (SELECT owner_id FROM import_people))
"""

# How many of the products of the file can no longer be signed; the others stay as they are until the commit.
PRODUCTS_GONE = """
WITH held AS MATERIALIZED (
    SELECT id, active FROM billing_product
    WHERE company_id = %(company)s AND code IN (SELECT product_code FROM import_rooms) ORDER BY id FOR SHARE)
SELECT (SELECT count(DISTINCT product_code) FROM import_rooms WHERE product_code <> '')
    - (SELECT count(*) FROM held WHERE active)
"""

NAMES_A_PRODUCT = "SELECT count(*) FROM import_rooms WHERE product_code <> ''"

CONTRACTS = """
WITH made AS (
    INSERT INTO billing_contract (
        company_id, office_id, community_id, building_id, room_id, owner_id, season_id, product_id, version_id,
        number, state, source, submitted_by_id, submitted_at, decided_at, decision_note, batch_id)
    SELECT %(company)s, p.office_id, p.community_id, p.building_id, i.room_id, w.owner_id, %(season)s, t.id, v.id,
        'HT' || %(day)s || lpad(nextval('billing_contract_number')::text, 8, '0'), 'approved', 'import',
        %(actor)s, now(), now(), '', %(batch)s
    FROM import_rooms AS i
    JOIN import_places AS p ON p.place = i.place
    JOIN import_people AS w ON w.person = i.person
    JOIN billing_product AS t ON t.company_id = %(company)s AND t.code = i.product_code
    JOIN billing_productversion AS v ON v.product_id = t.id AND v.state = 'effective'
    ORDER BY i.room_id
    RETURNING 1)
SELECT count(*) FROM made
"""

# Orders of old seasons with their line; one ledger group per building; the rollup of each season.
DEBTS = f"""
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
    FROM import_rooms AS i
    JOIN property_room AS r ON r.id = i.room_id
    JOIN property_owner AS w ON w.id = r.owner_id
    JOIN billing_season AS s ON s.company_id = %(company)s AND s.year = i.debt_year
    ORDER BY i.room_id
    RETURNING *),
lines AS (
    INSERT INTO billing_orderline (order_id, position, kind, label, text, sign, amount)
    SELECT m.id, 1, 'arrears', '往年欠费', s.name || '转入的本金', 1, m.principal
    FROM made AS m JOIN billing_season AS s ON s.id = m.season_id),
buildings AS (
    SELECT 'old_debt:' || %(batch)s || ':' || building_id AS source, min(company_id) AS company_id,
        min(office_id) AS office_id, sum(principal) AS total
    FROM made GROUP BY building_id HAVING sum(principal) > 0),
groups AS ({ledger.post("buildings", note="'往年欠费转入'")}),
entries AS ({ledger.entries("buildings", (OLD_DEBT, "total"))}),
rollup AS ({rollup.add(f"({rollup.sums('made')})")})
SELECT count(*) FROM made
"""
