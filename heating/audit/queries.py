"""Checking the chain of seals against the rows as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from heating.audit.books import SEALED, SETTINGS, SealedTable
from heating.audit.models import Seal, SealMark, SealPart
from heating.audit.rules import FIRST, PURPOSE, Head, key_name, part_digest, row_mac
from heating.kit.encryption import subkeys

TOGETHER = 10_000  # rows that are read again at once
PARTS = 50  # parts that are held at once

REMOVED = """
SELECT i.id FROM unnest(%s::bigint[]) AS i (id) WHERE EXISTS (
    SELECT FROM audit_record AS r, jsonb_array_elements(r.after -> 'ids') AS g
    WHERE r.event = %s AND i.id BETWEEN (g ->> 0)::bigint AND (g ->> 1)::bigint)
"""
NEVER_SEALED = """
SELECT t.id, coalesce({company}, 0) {source} LEFT JOIN (
    SELECT unnest(ids) AS id FROM audit_sealpart WHERE name = %s) AS s ON s.id = t.id
WHERE t.id <= %s AND s.id IS NULL
"""


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was sealed, as a sentence; `table` and `id` name the row when it is one."""

    company_id: int
    sentence: str
    table: str = ""
    id: int = 0


@dataclass
class Chain:
    """The seals of one company: how many, over how many rows, until when, and the digest of the last."""

    company_id: int
    seals: int = 0
    rows: int = 0
    until: datetime | None = None
    number: int = 0
    digest: str = FIRST
    unreadable: dict[str, int] = field(default_factory=dict)  # seals by the name of a key that is not here


@dataclass
class Verification:
    """What checking the seals found; keeps the first faults and counts all."""

    limit: int = 20
    chains: dict[int, Chain] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    count: int = 0
    unsealed: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.count == 0

    @property
    def until(self) -> datetime | None:
        """The last moment at which anything was sealed."""
        return max((chain.until for chain in self.chains.values() if chain.until), default=None)

    def add(self, fault: Fault) -> None:
        self.count += 1
        if len(self.faults) < self.limit:
            self.faults.append(fault)


@dataclass(frozen=True)
class _Sealed:
    """One row as it was sealed."""

    mac: bytes
    key: bytes
    company_id: int
    number: int


def verify_seals(*, limit: int = 20) -> Verification:
    """Check every seal, every sealed row and every row that should be sealed, from the first; memory stays flat."""
    began, found = perf_counter(), Verification(limit)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        # What is sealed from here on is not looked at: the marks first, then the last seal.
        marks = {mark.name: mark for mark in SealMark.objects.all()}
        last = Seal.objects.aggregate(last=Max("pk"))["last"] or 0
        rows = _Rows(cursor, found)
        for seal, parts in _seals(last):
            key = _check_seal(seal, parts, found)
            if key:
                for part in parts:
                    rows.add(part, seal, key)
        rows.finish()
        for chain in found.chains.values():
            for name, count in chain.unreadable.items():
                sentence = f"{count} 个封签由密钥 {name} 所作，本机没有这个密钥，未能核对（密钥不同不等于数据被改）"
                found.add(Fault(chain.company_id, sentence))
        for table in SEALED.values():
            _check_rest(cursor, table, marks.get(table.name), rows.seen.get(table.name, 0), found)
    found.seconds = perf_counter() - began
    return found


Row = dict[str, Any]
SEAL = ("seal_id", "seal__company_id", "seal__number", "seal__at", "seal__rows", "seal__key")
COLUMNS = (*SEAL, "seal__previous", "seal__digest", "name", "ids", "macs")


def _seals(last: int) -> Iterator[tuple[Row, list[Row]]]:
    """Give each seal with its parts, company by company in order; a seal without parts counts as removed."""
    parts = SealPart.objects.filter(seal_id__lte=last).order_by("seal__company_id", "seal__number", "name")
    stream = parts.values(*COLUMNS).iterator(chunk_size=PARTS)
    for _, group in groupby(stream, key=itemgetter("seal_id")):
        mine = list(group)
        yield mine[0], mine


def _check_seal(seal: Row, parts: list[Row], found: Verification) -> bytes | None:
    """Check one seal and its place in the chain; return the key that made it, if it is here."""
    company_id, number = seal["seal__company_id"], seal["seal__number"]
    chain = found.chains.setdefault(company_id, Chain(company_id))
    if number != chain.number + 1:
        found.add(Fault(company_id, f"第 {chain.number + 1} 至 {number - 1} 号封签被删除"))
    elif seal["seal__previous"] != chain.digest:
        found.add(Fault(company_id, f"第 {number} 号封签不接第 {number - 1} 号"))
    chain.seals, chain.rows = chain.seals + 1, chain.rows + sum(len(part["ids"]) for part in parts)
    chain.until, chain.number, chain.digest = seal["seal__at"], number, seal["seal__digest"]
    keys = {key_name(key): key for key in subkeys(PURPOSE)}
    key = keys.get(seal["seal__key"])
    if key is None:
        chain.unreadable[seal["seal__key"]] = chain.unreadable.get(seal["seal__key"], 0) + 1
        return None
    head = Head(company_id, number, seal["seal__at"], seal["seal__key"], seal["seal__previous"])
    told = [(part["name"], len(part["ids"]), part_digest(part["ids"], bytes(part["macs"]))) for part in parts]
    if head.digest(key, told) != seal["seal__digest"]:
        found.add(Fault(company_id, f"第 {number} 号封签本身被改动"))
    return key


class _Rows:
    """Compares sealed rows with the tables, some thousands at once."""

    def __init__(self, cursor: Any, found: Verification) -> None:
        self.cursor, self.found = cursor, found
        self.waiting: dict[str, dict[int, _Sealed]] = {}
        self.seen: dict[str, int] = {}

    def add(self, part: Row, seal: Row, key: bytes) -> None:
        """Take the rows of one part."""
        waiting, macs = self.waiting.setdefault(part["name"], {}), bytes(part["macs"])
        if not waiting.keys().isdisjoint(part["ids"]):
            # Sealed twice: the first seal counts as well.
            self._compare(part["name"])
            waiting = self.waiting[part["name"]]
        size = len(macs) // max(len(part["ids"]), 1)
        for at, pk in enumerate(part["ids"]):
            mac = macs[at * size : (at + 1) * size]
            waiting[pk] = _Sealed(mac, key, seal["seal__company_id"], seal["seal__number"])
        if len(waiting) >= TOGETHER:
            self._compare(part["name"])

    def finish(self) -> None:
        for name in self.waiting:
            self._compare(name)

    def _compare(self, name: str) -> None:
        sealed, self.waiting[name] = self.waiting[name], {}
        table = SEALED.get(name)
        if table is None or not sealed:
            return
        self.cursor.execute(f"SELECT t.id, {table.content} {table.source} WHERE t.id = ANY(%s)", [list(sealed)])
        changed = []
        for pk, text in self.cursor.fetchall():
            was = sealed.pop(pk)
            self.seen[name] = self.seen.get(name, 0) + 1
            if row_mac(was.key, name, pk, text) != was.mac:
                changed.append((pk, was))
        moved = self._moved(table, [pk for pk, _ in changed])
        removed = self._removed(table, list(sealed))
        self._tell(table, "被改动", [(pk, was) for pk, was in changed if pk not in moved])
        self._tell(table, "被删除", [(pk, was) for pk, was in sealed.items() if pk not in removed])

    def _moved(self, table: SealedTable, ids: list[int]) -> set[int]:
        if not ids or not table.moved:
            return set()
        self.cursor.execute(f"SELECT t.id {table.source} WHERE t.id = ANY(%s) AND {table.moved}", [ids])
        return {pk for (pk,) in self.cursor.fetchall()}

    def _removed(self, table: SealedTable, ids: list[int]) -> set[int]:
        if not ids or not table.removed:
            return set()
        self.cursor.execute(REMOVED, [ids, table.removed])
        return {pk for (pk,) in self.cursor.fetchall()}

    def _tell(self, table: SealedTable, what: str, rows: list[tuple[int, _Sealed]]) -> None:
        for pk, was in rows:
            sentence = f"{table.label} {pk} 在第 {was.number} 号封签之后{what}"
            self.found.add(Fault(was.company_id, sentence, table.table, pk))


def _check_rest(cursor: Any, table: SealedTable, mark: SealMark | None, seen: int, found: Verification) -> None:
    """Count the rows that wait for their seal, and name those that came in below the mark without one."""
    if table.closed:
        return
    upto, gaps = (mark.upto, mark.gaps) if mark else (0, [])
    cursor.execute(
        f"SELECT count(*) FILTER (WHERE id > %s), count(*) FILTER (WHERE id <= %s) FROM {table.table}", [upto, upto]
    )
    waiting, below = cursor.fetchone()
    if below != seen:
        sql = NEVER_SEALED.format(company=table.company, source=table.source)
        cursor.execute(sql, [table.name, upto])
        for pk, company_id in cursor.fetchall():
            if any(first <= pk <= last for first, last, *_ in gaps):
                waiting += 1
            else:
                sentence = f"{table.label} {pk} 没有封签，而编号更大的都已封签：事后插入"
                found.add(Fault(company_id, sentence, table.table, pk))
    if waiting:
        found.unsealed[table.label] = found.unsealed.get(table.label, 0) + waiting
