"""Sealing: rows that have been committed are signed and chained, company by company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from django.db import connection, transaction

from heating.audit.books import SEALED, SETTINGS, SealedTable
from heating.audit.models import Seal, SealMark, SealPart
from heating.audit.rules import FIRST, PURPOSE, Gap, Head, holes, key_name, part_digest, row_mac, without
from heating.kit.encryption import subkeys

LOCK = 0x7365616C  # one sealer at a time, in whatever process
CHUNK = 10_000  # rows in one transaction
BUDGET = 3.0  # seconds of work in a round of a minute, so that nothing beside it loses more than a twentieth
PATIENCE = 3600.0  # seconds for which a gap stays open at least
CROWDED = 1_000  # gaps in one chunk: two long transactions wrote in turns, and the other one is waited for

NEW = "SELECT t.id, coalesce({company}, 0), {content} {source} WHERE t.id > %s ORDER BY t.id LIMIT %s"
LATE = """
SELECT t.id, coalesce({company}, 0), {content} {source}
JOIN unnest(%s::bigint[], %s::bigint[]) AS gap (first, last) ON t.id BETWEEN gap.first AND gap.last
ORDER BY t.id LIMIT %s
"""
OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
NEWEST = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"

Row = tuple[int, int, str]


@dataclass
class _Part:
    ids: list[int] = field(default_factory=list)
    macs: bytearray = field(default_factory=bytearray)


Parts = dict[int, dict[str, _Part]]


def seal_rows(*, now: datetime, budget: float = BUDGET, chunk: int = CHUNK) -> int:
    """Seal what has been committed and is not sealed yet, and return the number of rows.

    Each chunk commits by itself, so that it may be killed and started again anywhere. Work stops after `budget`
    seconds; the next round goes on. A second sealer at the same time does nothing.
    """
    ends, total = monotonic() + budget, 0
    while True:
        done = _seal_chunk(chunk, now)
        total += done
        if done < chunk or monotonic() > ends:
            return total


@transaction.atomic
def _seal_chunk(limit: int, now: datetime) -> int:
    key = subkeys(PURPOSE)[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(SETTINGS)
        oldest = _ask(cursor, OLDEST)
        parts: Parts = defaultdict(lambda: defaultdict(_Part))
        marks = {mark.name: mark for mark in SealMark.objects.all()}
        left = limit
        for table in SEALED.values():
            if left and not table.closed:
                mark = marks.get(table.name) or SealMark(name=table.name)
                rows = _unsealed(cursor, table, mark, left, oldest=oldest, now=now.timestamp())
                _sign(key, table.name, rows, parts)
                left -= len(rows)
    for company_id in sorted(parts):
        _chain(company_id, parts[company_id], key, now)
    return limit - left


def _ask(cursor: Any, sql: str) -> int:
    cursor.execute(sql)
    value: int = cursor.fetchone()[0]
    return value


def _unsealed(cursor: Any, table: SealedTable, mark: SealMark, limit: int, *, oldest: int, now: float) -> list[Row]:
    """Return at most `limit` rows that are not sealed, and move the mark over them.

    A row with a lower id may be committed later than one with a higher id. The ids between are remembered and looked at
    again, until no transaction that ran at the time is left.
    """
    gaps, upto = [Gap(*gap) for gap in mark.gaps], mark.upto
    late = _fetch(cursor, LATE, table, [g.first for g in gaps], [g.last for g in gaps], limit) if gaps else []
    new = _fetch(cursor, NEW, table, upto, limit - len(late)) if limit > len(late) else []
    if late:
        shown = [pk for pk, _, _ in late]
        gaps = [rest for gap in gaps for rest in without(gap, shown)]
    if len(late) < limit:
        gaps = [gap for gap in gaps if gap.open(oldest=oldest, now=now, patience=PATIENCE)]
    missing = holes(upto, (pk for pk, _, _ in new))
    horizon = _ask(cursor, NEWEST) if missing else 0
    if len(missing) > CROWDED and oldest < horizon:
        new = []
    elif new:
        gaps += [Gap(first, last, horizon, now) for first, last in missing]
        mark.upto = new[-1][0]
    kept = [list(astuple(gap)) for gap in gaps]
    if new or kept != mark.gaps:
        mark.gaps = kept
        mark.save()
    return late + new


def _fetch(cursor: Any, sql: str, table: SealedTable, *values: Any) -> list[Row]:
    sql = sql.format(company=table.company, content=table.content, source=table.source)
    cursor.execute(sql, values)
    rows: list[Row] = cursor.fetchall()
    return rows


def _sign(key: bytes, name: str, rows: Iterable[Row], parts: Parts) -> None:
    for pk, company_id, text in rows:
        part = parts[company_id][name]
        part.ids.append(pk)
        part.macs += row_mac(key, name, pk, text)


def _chain(company_id: int, parts: dict[str, _Part], key: bytes, now: datetime) -> None:
    """Add the company's next seal over these parts."""
    last = Seal.objects.filter(company_id=company_id).order_by("-number").first()
    head = Head(company_id, last.number + 1 if last else 1, now, key_name(key), last.digest if last else FIRST)
    told = [(name, len(part.ids), part_digest(part.ids, bytes(part.macs))) for name, part in parts.items()]
    seal = Seal.objects.create(
        company_id=company_id,
        number=head.number,
        at=now,
        rows=sum(count for _, count, _ in told),
        key=head.key,
        previous=head.previous,
        digest=head.digest(key, told),
    )
    SealPart.objects.bulk_create(
        SealPart(seal=seal, name=name, ids=part.ids, macs=bytes(part.macs)) for name, part in parts.items()
    )
