"""B1: the bill run of a season against the plain INSERT … SELECT of the same orders and lines."""

from __future__ import annotations

import os
from datetime import date
from statistics import median

from django.db import transaction

from billing.models import Contract, Order, Season
from billing.services.arrears import order_number
from billing.services.bill_run import bill_contracts
from billing.services.pricing import refresh
from heating.kit.append_only import MAY_TRUNCATE
from tests.bench._sql import run_sql, stopwatch
from tests.bench._town import build_town

GOAL = 1.0
DAY = date(2025, 9, 10)
ROUNDS = 3

EMPTY = "TRUNCATE billing_order, billing_orderline, billing_ledgergroup, billing_billrun, billing_seasonrollup CASCADE"

# The limit: the same rows by the plainest statements, without numbering, choice of the line, ledger, rollup or checks.
PLAIN = (
    """
INSERT INTO billing_order (number, company_id, office_id, community_id, building_id, room_id, owner_id, season_id,
    contract_id, version_id, fee_kind, seq, state, account_no, owner_name, owner_kind, address, product_kind,
    floor_area, inner_area, height, base_area, over_area, charge_area, vacancy, relief, standard_fee, line,
    line_amount, discount, principal, late_accrued, late_waived, late_paid, paid, refunded,
    priced_on, next_change_on, overdue_from, last_channel, note, created_at)
SELECT c.number, c.company_id, c.office_id, c.community_id, c.building_id, c.room_id, c.owner_id, c.season_id,
    c.id, c.version_id, 'heat', 1, 'unpaid', r.account_no, w.name, w.kind, r.address, p.kind, r.floor_area,
    r.inner_area, r.height, r.floor_area, 0, r.floor_area, false, w.relief,
    round(r.floor_area * v.price, 2), 'standard',
    round(r.floor_area * v.price, 2), round(r.floor_area * v.price * 0.02, 2),
    round(r.floor_area * v.price, 2) - round(r.floor_area * v.price * 0.02, 2), 0, 0, 0, 0, 0,
    %(on)s::date, %(on)s::date + 20, v.late_from, '', '', now()
FROM billing_contract AS c
JOIN property_room AS r ON r.id = c.room_id
JOIN property_owner AS w ON w.id = c.owner_id
JOIN billing_productversion AS v ON v.id = c.version_id
JOIN billing_product AS p ON p.id = c.product_id
WHERE c.season_id = %(season)s AND c.state = 'approved'
""",
    """
INSERT INTO billing_orderline (order_id, position, kind, label, text, sign, amount)
SELECT o.id, 1, 'heat', '热力费', charge_area || ' ㎡ × ' || v.price || ' 元/㎡·季', 1, o.line_amount
FROM billing_order AS o JOIN billing_productversion AS v ON v.id = o.version_id
UNION ALL
SELECT o.id, 2, 'discount', '优惠', o.line_amount || ' 元 × 2', -1, o.discount
FROM billing_order AS o WHERE o.product_kind = 'resident'
""",
)


def measure() -> dict[str, object]:
    """Measure both in turn on the same schema and data and return the figures; BENCH_ROOMS changes the size."""
    rooms = int(os.environ.get("BENCH_ROOMS", "200000"))
    season = build_town(rooms)
    ours: list[float] = []
    plain: list[float] = []
    run = bill_contracts(season, on=DAY, actor=None)
    assert run is not None
    lines = run_sql("SELECT count(*) FROM billing_orderline")[0][0]
    for _ in range(ROUNDS):
        run_sql(MAY_TRUNCATE, EMPTY, "CHECKPOINT")
        with stopwatch(plain):
            run_sql("BEGIN", *PLAIN, "COMMIT", parameters={"season": season.pk, "on": DAY})
        run_sql(MAY_TRUNCATE, EMPTY, "CHECKPOINT")
        with stopwatch(ours):
            bill_contracts(season, on=DAY, actor=None)
    again: list[float] = []
    with stopwatch(again):
        bill_contracts(season, on=DAY, actor=None)
    one_by_one = orm_rate(season)
    ratio = median(ours) / median(plain)
    return {
        "ratio": round(ratio, 3),
        "goal": GOAL,
        "ok": ratio <= GOAL,
        "contracts": rooms,
        "orders": run.orders,
        "lines": lines,
        "unbillable": run.skipped,
        "run_seconds": round(median(ours), 2),
        "limit_seconds": round(median(plain), 2),
        "orders_per_second": round(run.orders / median(ours)),
        "again_seconds": round(again[0], 2),
        "orm_orders_per_second": round(one_by_one),
        "times_orm": round(run.orders / median(ours) / one_by_one),
    }


def orm_rate(season: Season, rooms: int = 300) -> float:
    """Return how many orders a second the single-order road makes, row by row through the ORM."""
    contracts = Contract.objects.filter(season=season, room__heat_state="normal").select_related(
        "room", "owner", "version", "product"
    )[:rooms]
    Order.objects.filter(contract__in=[c.pk for c in contracts]).delete()
    seconds: list[float] = []
    with stopwatch(seconds):
        for contract in contracts:
            with transaction.atomic():
                bill_one(contract)
    return rooms / seconds[0]


def bill_one(contract: Contract) -> None:
    room = contract.room
    same = ("company_id", "office_id", "community_id", "building_id")
    order = Order.objects.create(
        number=order_number(DAY),
        contract=contract,
        version=contract.version,
        room=room,
        owner_id=contract.owner_id,
        season_id=contract.season_id,
        account_no=room.account_no,
        owner_name=contract.owner.name,
        owner_kind=contract.owner.kind,
        address=room.address,
        product_kind=contract.product.kind,
        floor_area=room.floor_area,
        inner_area=room.inner_area,
        height=room.height,
        relief=contract.owner.relief,
        principal=0,
        priced_on=DAY,
        **{name: getattr(room, name) for name in same},
    )
    refresh(order, on=DAY, actor=None)
