"""CHAIN: what sealing costs beside payments, and how long it takes to seal and to verify a million rows."""

from __future__ import annotations

import resource
import time
import uuid
from datetime import date, datetime
from decimal import Decimal
from os import environ
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from billing.services.bill_run import bill_contracts
from heating.audit.models import Seal
from heating.audit.queries import verify_seals
from heating.audit.services import seal_rows
from payments.services import take_payment
from payments.services.take import Till
from reports.books import check_books
from tests import build

ID = "CHAIN"
ROUNDS, EACH = 10, int(environ.get("CHAIN_PAYMENTS", "60"))
ROWS = int(environ.get("CHAIN_ROWS", "1000000"))
NOW = datetime(2025, 9, 12, 10, tzinfo=ZoneInfo("Asia/Shanghai"))

MANY = """
INSERT INTO audit_record (at, actor_name, event, target_type, target_id, target_text, note, after, address)
SELECT now(), '收费员', 'bench.deed', 'bench.thing', i, 'P2025091200000' || i, '现金 500.00 元，账号 ' || i,
    '"succeeded"', '10.0.0.1' FROM generate_series(1, %s) AS i
"""


def pay_all(rooms: list[Any], cashier: Any) -> float:
    """Return the seconds of one payment for each room."""
    began = time.perf_counter()
    for room in rooms:
        till = Till(request_id=uuid.uuid4(), channel="cash", amount=Decimal("10.00"), prepay=True)
        take_payment(room.pk, till, actor=cashier, now=NOW)
    return time.perf_counter() - began


def timed(work: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def measure() -> dict[str, Any]:
    company = build.company()
    season = build.season(company)
    site = build.site(company)
    cashier = build.cashier(site, username=f"till-{uuid.uuid4().hex[:6]}")
    version = build.product(season)
    rooms = [build.room(office=site) for _ in range(EACH)]
    for room in rooms:
        build.contract(room, version)
    billing, _ = timed(lambda: bill_contracts(season, on=date(2025, 9, 10), actor=None))
    while seal_rows(now=timezone.now()):
        pass
    paying = sealing = 0.0
    sealed = 0
    for _ in range(ROUNDS):
        paying += pay_all(rooms, cashier)
        seconds, rows = timed(lambda: seal_rows(now=timezone.now()))
        sealing, sealed = sealing + seconds, sealed + rows
    with connection.cursor() as cursor:
        cursor.execute(MANY, [ROWS])
        cursor.execute("ANALYZE audit_record")
    bulk, _ = timed(lambda: seal_rows(now=timezone.now(), budget=600))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    verify, found = timed(verify_seals)
    rules, broken = timed(check_books)
    return {
        "ratio": round(sealing / paying, 4),
        "goal": "sealing <= 5 % of the payments that it seals",
        "ok": sealing <= 0.05 * paying and found.ok and not found.unsealed,
        "payments": ROUNDS * EACH,
        "payment_ms": round(1000 * paying / (ROUNDS * EACH), 2),
        "rows_a_payment": round(sealed / (ROUNDS * EACH), 1),
        "seal_us_a_row": round(1e6 * sealing / sealed, 1),
        "bulk_rows": ROWS,
        "bulk_seal_seconds": round(bulk, 1),
        "bulk_seal_us_a_row": round(1e6 * bulk / ROWS, 1),
        "verify_seconds": round(verify, 1),
        "verify_rss_growth_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024,
        "seals": Seal.objects.count(),
        "rules_seconds": round(rules, 1),
        "rules_broken": sorted(finding.invariant.code for finding in broken if not finding.ok),
        "bill_run_seconds": round(billing, 2),
    }
