"""System checks of the database: that it keeps what it commits, and that it is the right one.

Asked by `prepare`, by the web server and by the workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from heating.kit.encryption import keyed_hashes
from heating.models import Installation
from heating.services import KEY_CHECK
from org.models import Office

OLDEST = 15  # major version of PostgreSQL
PROMISES = ("fsync", "synchronous_commit", "full_page_writes")
REAL_DATA = (
    "数据库中已有正式数据，演示模式不能使用它：正式使用请设置 HEATING_MODE=production（见 docs/operations.md）；"
    "试用请换一个空数据库。数据库未作任何修改。"
)
DEMO_DATA = (
    "这是演示数据库，含公开密码的演示账号，正式模式不能使用：请换一个空数据库（见 docs/operations.md）。"
    "数据库未作任何修改。"
)
IN_THE_CLEAR = "PLAIN_HTTP 已打开：密码和会话在网络上明文传输，只可用于与外界隔离的大厅内网"
NO_PROXY = (
    "没有设置 TRUSTED_PROXIES：网站前面有反向代理时，所有人看起来都来自同一个地址，"
    "任何人连续输错 20 次密码，所有人十分钟内不能登录"
)
NO_LOCK_TIMEOUT = (
    "数据库连接没有 lock_timeout：经 pgbouncer 连接时须在数据库中设置，"
    "如 ALTER ROLE heating SET lock_timeout = '5s'（见 docs/operations.md）"
)
OTHER_KEY = (
    "FIELD_KEY 与数据库不符：证件号码等是用另一个密钥加密的。请恢复原来的 FIELD_KEY；"
    "更换密钥时写“新密钥,旧密钥”，再执行 manage.py rotate_field_key（见 docs/operations.md）。数据库未作任何修改。"
)


def durable_database(*, databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Refuse a server that is too old, or that may forget what it acknowledged (the tests' own server may)."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        with connection.cursor() as cursor:
            if connection.pg_version < OLDEST * 10_000:
                problems.append(Error(f"需要 PostgreSQL {OLDEST} 以上", id="heating.E001"))
            cursor.execute("SELECT current_setting('lock_timeout')")
            if cursor.fetchone()[0] == "0":
                problems.append(Error(NO_LOCK_TIMEOUT, id="heating.E006"))
            for promise in () if settings.MODE == "test" else PROMISES:
                cursor.execute("SELECT current_setting(%s)", [promise])
                if cursor.fetchone()[0] in ("off", "local"):
                    problems.append(Error(f"数据库参数 {promise} 必须打开，否则断电会丢失已收的款", id="heating.E002"))
    return problems


def safe_deployment(**options: Any) -> list[CheckMessage]:
    """Warn of settings that let one person lock all out, or passwords travel in the clear."""
    found: list[CheckMessage] = []
    if not settings.TRUSTED_PROXIES:
        found.append(Warning(NO_PROXY, id="heating.W001"))
    if settings.PLAIN_HTTP:
        found.append(Warning(IN_THE_CLEAR, id="heating.W002"))
    return found


def right_database(*, databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Refuse real data in demo mode, a demo database in production, and a database written with another FIELD_KEY.

    It reads tables that an empty database, or one before its migrations, does not have.
    """
    problems: list[CheckMessage] = []
    for alias in databases or ():
        demo, key_check = _installation(connections[alias])
        if settings.DEMO and not demo and _has_rows(connections[alias], Office._meta.db_table):
            problems.append(Error(REAL_DATA, id="heating.E003"))
        if settings.PRODUCTION and demo:
            problems.append(Error(DEMO_DATA, id="heating.E004"))
        if key_check and key_check not in keyed_hashes(KEY_CHECK, ""):
            problems.append(Error(OTHER_KEY, id="heating.E005"))
    return problems


def _installation(connection: BaseDatabaseWrapper) -> tuple[bool, str]:
    if not _has_rows(connection, Installation._meta.db_table):
        return False, ""
    return Installation.objects.using(connection.alias).values_list("demo", "key_check").get(pk=1)


def _has_rows(connection: BaseDatabaseWrapper, table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [table])
        if cursor.fetchone()[0] is None:
            return False
        cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(table)})")  # noqa: S608 a table of ours
        return cursor.fetchone()[0]
