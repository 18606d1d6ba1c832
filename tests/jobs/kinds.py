"""Kinds of work that only tests need."""

import time
from datetime import date
from typing import Any

from django.db import connection

from billing.imports.rooms.load import RoomColumns, load_rooms
from heating.audit.services import record
from heating.imports.models import Batch
from heating.jobs.kinds import job_kind
from heating.kit.errors import Refusal
from tests.billing.test_load import row as room_row


@job_kind("tests.count", title="数数", quick=True)
def count(context: Any, *, upto: int, pause: float = 0.0) -> dict[str, int]:
    for number in range(1, upto + 1):
        record(context.actor, "tests.count", note=str(number))
        context.progress(number, upto, "数数")
        time.sleep(pause if context.job.attempts == 1 else 0)  # who takes over hurries
    context.result_file("数 数.txt").write_text(str(upto))
    return {"counted": upto}


@job_kind("tests.steps", title="分步", atomic=False, max_attempts=2)
def steps(context: Any, *, upto: int, pause: float = 0.0) -> None:
    for number in range(1, upto + 1):
        record(context.actor, "tests.steps", note=str(number))
        context.progress(number, upto)
        time.sleep(pause)


@job_kind("tests.long_statement", title="一条长语句")
def long_statement(context: Any) -> None:
    record(context.actor, "tests.long_statement")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")


@job_kind("tests.import", title="导入户室", max_attempts=9)
def load(context: Any, *, batch: int, count: int) -> dict[str, int]:
    made = Batch.objects.get(pk=batch)

    rows = []
    for n in range(1, count + 1):
        context.progress(n, count, "读取")
        rows.append(room_row(n))
        time.sleep(0.001)  # slow enough to be killed in between
    context.progress(count, count, "写入")
    time.sleep(1)
    columns = RoomColumns(*([row[i] for row in rows] for i in range(len(RoomColumns._fields))))
    return load_rooms(
        columns,
        company_id=made.company_id,
        office_id=made.office_id,
        batch=made,
        actor=context.actor,
        on=date(2025, 11, 20),
    )


@job_kind("tests.refuse", title="拒绝")
def refuse(context: Any) -> None:
    record(context.actor, "tests.refuse")
    context.error_file("错误.txt").write_text("第 3 行")
    raise Refusal("该文件不是本公司的")


@job_kind("tests.bug", title="程序错误", on_failure=lambda job: record(None, "tests.bug_ended", job))
def bug(context: Any) -> None:
    record(context.actor, "tests.bug")
    raise ZeroDivisionError("a bug")
