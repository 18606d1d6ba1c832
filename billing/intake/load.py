"""The set-based load of checked room rows: places, owners, rooms, contracts, orders, old debts (domain.md §5.7, A20).

Everything happens in the caller's transaction; the rows have been checked, so what still collides came in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from io import TextIOBase
from typing import Any, NamedTuple

from django.db import connection

from billing.intake import statements as sql
from billing.models import Season
from billing.services.bill_run import bill_contracts
from billing.states import SeasonState
from heating.audit.services import record
from heating.jobs.models import Batch
from heating.kit.errors import Refusal
from heating.kit.natural import natural_key


class RoomRow(NamedTuple):
    """One row to create, normalised: areas in ㎡, height in m, amounts in 元, codes as stored, "" for empty text."""

    row: int
    community: str
    building: str
    unit: str
    number: str
    account_no: str
    floor_area: Decimal
    inner_area: Decimal | None
    height: Decimal | None
    owner_name: str
    phone: str
    phone2: str
    owner_kind: str
    relief: str
    product_code: str
    heat_state: str
    debt_year: int | None
    debt_amount: Decimal | None
    meter_no: str
    note: str


def load_rooms(
    rows: Iterable[RoomRow], *, company_id: int, office_id: int, batch: Batch, actor: Any, on: date
) -> dict[str, Any]:
    """Create everything that `rows` name and do not find yet; return how many of each.

    New communities belong to `office_id`. Contracts are approved at once (来源=导入) for the current season and billed
    as of day `on`. `Refusal` without a current season when a row names a product.
    """
    season = Season.objects.current(company_id)
    given = {
        "company": company_id,
        "office": office_id,
        "batch": batch.pk,
        "actor": actor.pk if actor else None,
        "on": on,
        "day": f"{on:%Y%m%d}",
        "season": season.pk if season else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.STAGE)
        cursor.copy_expert(sql.COPY, _Lines(rows))
        cursor.execute("ANALYZE intake_rooms")
        # The tables grow inside this transaction and nobody has counted them yet: the planner would take them for
        # empty and join row by row (a debt list of 879 rows took 37 s that way, 0.1 s like this).
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        counts = {name: _run(cursor, text, given) for name, text in sql.PLACES.items()}
        if season is None and _run(cursor, sql.NAMES_A_PRODUCT, given):
            raise Refusal("没有当前采暖季，不能为户室签约；请先设置采暖季")
        counts["contracts"] = _run(cursor, sql.CONTRACTS, given)
        _seasons(cursor, company_id)
        counts["old_debts"] = _run(cursor, sql.DEBTS, given)
        cursor.execute("SET LOCAL enable_nestloop = on")
    run = bill_contracts(season, on=on, actor=actor, batch=batch.pk) if counts["contracts"] else None
    counts["orders"] = run.orders if run else 0
    counts["unbillable"] = run.skipped if run else 0
    record(actor, "room.import", batch, after=counts, office_id=office_id)
    return counts


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
        for sentence, text in sql.TOUCHED.items():
            found = _run(cursor, text, given)
            if found:
                raise Refusal(f"不能撤销该批次：{sentence.format(found)}")
        counts = {name: _run(cursor, text, given) for name, text in sql.UNDO.items()}
    record(actor, "room.import_undo", batch, after=counts, office_id=batch.office_id)
    return counts


def _run(cursor: Any, text: str, given: dict[str, Any]) -> int:
    """Run a statement that returns one count."""
    cursor.execute(text, given)
    return int(cursor.fetchone()[0])


def _seasons(cursor: Any, company_id: int) -> None:
    """Make the seasons that old debts name and the company does not have yet, as ended ones."""
    cursor.execute("SELECT DISTINCT debt_year FROM intake_rooms WHERE debt_year IS NOT NULL")
    for (year,) in cursor.fetchall():
        Season.objects.get_or_create(
            company_id=company_id,
            year=year,
            defaults={
                "name": f"{year}-{year + 1}采暖季",
                "starts_on": date(year, 11, 15),
                "ends_on": date(year + 1, 3, 15),
                "state": SeasonState.ENDED,
            },
        )


ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class _Lines(TextIOBase):
    """Rows as COPY text, made while they are read, with the sort keys and the address of each."""

    def __init__(self, rows: Iterable[RoomRow]) -> None:
        self.lines = self._write(rows)
        self.rest = ""

    def read(self, size: int = -1) -> str:
        parts, length = [self.rest], len(self.rest)
        while size < 0 or length < size:
            line = next(self.lines, None)
            if line is None:
                break
            parts.append(line)
            length += len(line)
        text = "".join(parts)
        self.rest = text[size:] if size >= 0 else ""
        return text[:size] if size >= 0 else text

    @staticmethod
    def _write(rows: Iterable[RoomRow]) -> Iterator[str]:
        keys: dict[str, str] = {}

        def key(name: str) -> str:
            found = keys.get(name)
            if found is None:
                found = keys[name] = natural_key(name)
            return found

        for row in rows:
            places = [key(name) for name in row[1:5]]
            address = "".join(row[1:5])
            fields = (*row, *places[:3], "|".join(places), address)
            yield "\t".join("\\N" if f is None else str(f).translate(ESCAPES) for f in fields) + "\n"
