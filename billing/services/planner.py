"""Settings of the database planner for the statements that handle very many rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def planned(*, few: bool) -> Iterator[Any]:
    """Give a cursor, inside a transaction, whose statements are planned for many rows unless there are `few`.

    Fresh tables have no statistics, and a guess of one row must not turn into a look-up for each of a million.
    """
    with connection.cursor() as cursor:
        nested = "on" if few else "off"
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL enable_nestloop = " + nested)
        yield cursor
        cursor.execute("SET LOCAL jit TO DEFAULT; SET LOCAL work_mem TO DEFAULT; SET LOCAL enable_nestloop TO DEFAULT")
