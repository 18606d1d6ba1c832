"""Kinds of work that only tests need, and a real worker process that knows them: `python -m tests.jobs.kinds`."""

import os
import time
from typing import Any

import django
from django.db import connection

from heating.kit.errors import Refusal


def declare() -> None:
    """Register the kinds; their work may import models only after django.setup()."""
    from heating.audit.services import record  # noqa: PLC0415
    from heating.jobs.kinds import KINDS, job_kind  # noqa: PLC0415

    if "tests.count" in KINDS:
        return

    @job_kind("tests.count", title="数数", quick=True)
    def count(run: Any, *, upto: int, pause: float = 0.0) -> dict[str, int]:
        for number in range(1, upto + 1):
            record(run.actor, "tests.count", note=str(number))
            run.progress(number, upto, "数数")
            time.sleep(pause)
        run.result_file("数 数.txt").write_text(str(upto))
        return {"counted": upto}

    @job_kind("tests.steps", title="分步", atomic=False, max_attempts=2)
    def steps(run: Any, *, upto: int, pause: float = 0.0) -> None:
        for number in range(1, upto + 1):
            record(run.actor, "tests.steps", note=str(number))
            run.progress(number, upto)
            time.sleep(pause)

    @job_kind("tests.long_statement", title="一条长语句")
    def long_statement(run: Any) -> None:
        record(run.actor, "tests.long_statement")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    @job_kind("tests.refuse", title="拒绝")
    def refuse(run: Any) -> None:
        record(run.actor, "tests.refuse")
        run.error_file("错误.txt").write_text("第 3 行")
        raise Refusal("该文件不是本公司的")

    @job_kind("tests.bug", title="程序错误", on_failure=lambda job: record(None, "tests.bug_ended", job))
    def bug(run: Any) -> None:
        record(run.actor, "tests.bug")
        raise ZeroDivisionError("a bug")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    declare()
    from django.core.management import call_command

    call_command("worker")
