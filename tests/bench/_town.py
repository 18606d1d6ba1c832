"""A town of rooms with approved contracts, made in sets."""

from __future__ import annotations

from billing.models import Season
from heating.kit.append_only import MAY_TRUNCATE
from tests import build
from tests.bench._sql import run_sql

ROOMS_PER_UNIT, UNITS, BUILDINGS = 25, 4, 10  # 1,000 rooms in a community

# What an earlier measurement left behind.
EMPTY = """TRUNCATE org_office, billing_order, billing_orderline, billing_seasonrollup, billing_ledgergroup,
audit_record RESTART IDENTITY CASCADE"""

PLACES = """
INSERT INTO property_community
    (company_id, office_id, name, code, address, heat_station, note, active, sort_key, created_at)
SELECT %(company)s, %(site)s, '小区' || g, '', '', '', '', true, lpad(g::text, 8, '0'), now()
FROM generate_series(1, %(communities)s) AS g;
INSERT INTO property_building (community_id, name, system, note, active, sort_key)
SELECT c.id, g || '号楼', 'per_room', '', true, lpad(g::text, 8, '0')
FROM property_community AS c, generate_series(1, %(buildings)s) AS g;
INSERT INTO property_unit (building_id, name, note, active, sort_key)
SELECT b.id, g || '单元', '', true, lpad(g::text, 8, '0')
FROM property_building AS b, generate_series(1, %(units)s) AS g;
"""

PEOPLE = """
INSERT INTO property_owner (company_id, office_id, number, name, phone, phone2, kind, relief, id_kind, id_cipher,
    id_hash, id_tail, org_name, tax_no, note, active, created_at)
SELECT %(company)s, %(site)s, 'T' || lpad(g::text, 8, '0'), '业主' || g, '160' || lpad(g::text, 8, '0'), '', 'private',
    CASE WHEN g %% 33 = 0 THEN 'low_income' WHEN g %% 200 = 1 THEN 'special' ELSE 'normal' END,
    '', '', '', '', '', '', '', true, now()
FROM generate_series(1, %(rooms)s) AS g;
"""

ROOMS = """
INSERT INTO property_room (company_id, office_id, community_id, building_id, unit_id, number, account_no, floor_area,
    inner_area, height, meter_no, owner_id, heat_state, note, address, sort_key, created_at)
SELECT %(company)s, %(site)s, u.community_id, u.building_id, u.id, '' || g, lpad((u.nth * 100 + g)::text, 10, '0'),
    40 + (u.nth * 37 + g * 101) %% 10000 * 0.01, 30 + (u.nth * 37 + g * 101) %% 8000 * 0.01,
    CASE WHEN g %% 25 = 0 THEN 2.8 + (u.nth %% 30) * 0.1 END, '', o.id,
    CASE WHEN (u.nth + g) %% 24 = 0 THEN 'vacant' WHEN (u.nth + g) %% 500 = 1 THEN 'dismantled' ELSE 'normal' END,
    '', u.place || g, u.sort || lpad(g::text, 8, '0'), now()
FROM (SELECT u.id, u.building_id, b.community_id, c.name || b.name || u.name AS place,
        c.sort_key || b.sort_key || u.sort_key AS sort, row_number() OVER (ORDER BY u.id) AS nth
    FROM property_unit AS u JOIN property_building AS b ON b.id = u.building_id
    JOIN property_community AS c ON c.id = b.community_id) AS u
CROSS JOIN generate_series(1, %(per_unit)s) AS g
JOIN property_owner AS o ON o.number = 'T' || lpad(((u.nth - 1) * %(per_unit)s + g)::text, 8, '0');
"""

CONTRACTS = """
INSERT INTO billing_contract (company_id, office_id, community_id, building_id, room_id, owner_id, season_id,
    product_id, version_id, number, state, source, submitted_at, decision_note)
SELECT r.company_id, r.office_id, r.community_id, r.building_id, r.id, r.owner_id, %(season)s, v.product_id, v.id,
    'HT' || lpad(nextval('billing_contract_number')::text, 10, '0'), 'approved', 'import', now(), ''
FROM property_room AS r
JOIN billing_productversion AS v ON v.id = CASE WHEN r.height IS NULL THEN %(homes)s ELSE %(shops)s END;
"""


def build_town(rooms: int) -> Season:
    """Make `rooms` rooms (a multiple of 1,000), each with an approved contract; return the season."""
    run_sql("SET lock_timeout = 0", MAY_TRUNCATE, EMPTY)
    company = build.company()
    season = build.season(company)
    site = build.site(company)
    values = {
        "company": company.pk,
        "site": site.pk,
        "season": season.pk,
        "rooms": rooms,
        "communities": rooms // (ROOMS_PER_UNIT * UNITS * BUILDINGS),
        "buildings": BUILDINGS,
        "units": UNITS,
        "per_unit": ROOMS_PER_UNIT,
        "homes": build.product(season).pk,
        "shops": build.product(season, build.PRODUCT_E).pk,
    }
    run_sql("SET lock_timeout = 0", PLACES, PEOPLE, "ANALYZE property_owner", ROOMS, CONTRACTS, parameters=values)
    run_sql("VACUUM ANALYZE")
    return season
