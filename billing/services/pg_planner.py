"""Settings of the database planner for the statements that handle very many rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

FEW = "SET LOCAL jit = off"
MANY = """SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL enable_nestloop = off;
SET LOCAL lock_timeout = '10min'"""
DEFAULTS = """SET LOCAL jit TO DEFAULT; SET LOCAL work_mem TO DEFAULT; SET LOCAL enable_nestloop TO DEFAULT;
SET LOCAL lock_timeout TO DEFAULT"""


@contextmanager
def planned(*, few: bool) -> Iterator[Any]:
    """Give a cursor, inside a transaction, whose statements are planned for many rows unless there are `few`.

    Fresh tables have no statistics, and a guess of one row must not turn into a look-up for each of a million.
    Long work also waits longer for a lock than a person at a screen does.
    """
    with connection.cursor() as cursor:
        cursor.execute(FEW if few else MANY)
        yield cursor
        cursor.execute(DEFAULTS)
