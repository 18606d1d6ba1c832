"""Taking a room import back: what stands in the way, and the SQL that deletes it; each statement returns one count."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from billing.bulk import ledger, rollup
from billing.registry import ROOMS_IN_USE
from billing.states import CHARGED, OLD_DEBT, FeeKind
from heating.audit.services import record
from heating.imports.models import Batch
from heating.kit.errors import Refusal
from property.services.jurisdiction import sweep_grants

MINE = "SELECT id FROM property_room WHERE batch_id = %(batch)s"
ORDERS = "SELECT id FROM billing_order WHERE batch_id = %(batch)s"

# The orders that go, as ranges of ids: the record of the undoing names them, so that nobody takes them for lost.
ORDER_IDS = f"""
SELECT min(id), max(id) FROM (SELECT id, id - row_number() OVER (ORDER BY id) AS run FROM ({ORDERS}) AS o) AS runs
GROUP BY run ORDER BY 1
"""

# What stands in the way of taking a batch back: the sentence, and the count that must be 0.
TOUCHED = {
    "其中 {} 笔订单已有缴费": f"""
        SELECT count(DISTINCT order_id) FROM billing_allocation WHERE order_id IN ({ORDERS})""",
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

BACK = f"(SELECT * FROM billing_order WHERE id IN ({ORDERS}))"

LEDGER_BACK = f"""
WITH sums AS (
    SELECT 'undo:' || %(batch)s || ':' || CASE WHEN old THEN 'old_arrears' ELSE 'heat_income' END || ':' || building_id
        AS source, min(company_id) AS company_id, min(office_id) AS office_id, old,
        coalesce(sum(principal) FILTER (WHERE old), 0) AS old_debt,
        coalesce(sum(principal) FILTER (WHERE NOT old), 0) AS charged
    FROM (SELECT *, fee_kind = '{FeeKind.ARREARS}' AS old FROM {BACK} AS b WHERE {rollup.LIVING}) AS o
    GROUP BY building_id, old HAVING sum(principal) > 0),
groups AS ({ledger.post("sums", note="'撤销导入'")}),
entries AS ({ledger.entries("sums", (OLD_DEBT.back, "old_debt"), (CHARGED.back, "charged"))})
SELECT count(*) FROM groups
"""

ROLLUP_BACK = f"""
WITH moved AS ({rollup.add(f"({rollup.sums(BACK, sign='-')})")} RETURNING s.id)
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


def undo_rooms(batch: Batch, *, company_id: int, actor: Any, on: date) -> dict[str, Any]:
    """Take a batch back while nobody has touched what it made; `Refusal` names what stands in the way.

    Orders, contracts, rooms, then places and owners that nobody else uses are deleted; the ledger is corrected by
    opposite entries, since no entry is ever deleted.
    """
    given = {
        "batch": batch.pk,
        "company": company_id,
        "actor": actor.pk if actor else None,
        "on": on,
        "office": batch.office_id,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM property_room WHERE batch_id = %(batch)s ORDER BY id FOR UPDATE", given)
        cursor.execute("SELECT id FROM billing_order WHERE batch_id = %(batch)s ORDER BY id FOR UPDATE", given)
        elsewhere = {sentence: text.format(rooms=MINE) for sentence, text in ROOMS_IN_USE.items()}
        for sentence, text in (TOUCHED | elsewhere).items():
            found = _run(cursor, text, given)
            if found:
                raise Refusal(f"不能撤销该批次：{sentence.format(found)}")
        cursor.execute(ORDER_IDS, given)
        ids = cursor.fetchall()
        counts = {name: _run(cursor, text, given) for name, text in UNDO.items()}
    sweep_grants()
    record(actor, "room.import_undo", batch, after=counts | {"ids": ids}, office_id=batch.office_id)
    return counts


def _run(cursor: Any, text: str, given: dict[str, Any]) -> int:
    cursor.execute(text, given)
    return int(cursor.fetchone()[0])
