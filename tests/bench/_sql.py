"""Small helpers of the benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from django.db import connection


def run_sql(*statements: str, parameters: Any = None) -> list[tuple]:
    """Execute statements and return the rows of the last one, if it has any."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def stopwatch(times: list[float]) -> Iterator[None]:
    """Append the seconds of the block to `times`."""
    start = perf_counter()
    yield
    times.append(perf_counter() - start)
