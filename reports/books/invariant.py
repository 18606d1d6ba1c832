"""What an invariant is, and how it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.db import connection, transaction


@dataclass(frozen=True)
class Invariant:
    """A sentence about the books that always holds; `sql` returns the rows that break it."""

    code: str
    title: str
    sql: str


@dataclass(frozen=True)
class Finding:
    """The answer to one invariant: the first offending rows as dicts, how many there are, how long it took."""

    invariant: Invariant
    rows: list[dict[str, Any]]
    count: int
    seconds: float

    @property
    def ok(self) -> bool:
        return self.count == 0


def ask(invariant: Invariant, *, limit: int = 20) -> Finding:
    """Run one invariant; keeps at most `limit` offending rows."""
    began = perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        cursor.execute(invariant.sql)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchmany(limit)]
        count = cursor.rowcount
        cursor.execute("SET LOCAL jit TO DEFAULT; SET LOCAL work_mem TO DEFAULT")
    return Finding(invariant, rows, count, perf_counter() - began)
