"""What the database server must promise before anybody pays into it; asked by `migrate` and so by every start."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections

OLDEST = 15  # major version of PostgreSQL
PROMISES = ("fsync", "synchronous_commit", "full_page_writes")


def durable_database(*, databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Refuse a server that is too old, or that may forget what it acknowledged (the tests' own server may)."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        with connection.cursor() as cursor:
            if connection.pg_version < OLDEST * 10_000:
                problems.append(Error(f"需要 PostgreSQL {OLDEST} 以上", id="heating.E001"))
            for promise in () if settings.MODE == "test" else PROMISES:
                cursor.execute("SELECT current_setting(%s)", [promise])
                if cursor.fetchone()[0] in ("off", "local"):
                    problems.append(Error(f"数据库参数 {promise} 必须打开，否则断电会丢失已收的款", id="heating.E002"))
    return problems
