"""The queue's own housekeeping."""

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from heating.audit.services import seal_rows
from heating.jobs.batches import check_now, commit_now, fail_batch, undo_now
from heating.jobs.context import JobContext
from heating.jobs.kinds import job_kind
from heating.jobs.services import forget_old_system_jobs


@job_kind("jobs.clean", title="清理旧任务", daily_at=time(3, 40), quick=True)
def clean(context: JobContext) -> dict[str, Any]:
    """Delete what nobody will look at any more."""
    return {"deleted": forget_old_system_jobs(timezone.now())}


@job_kind("audit.seal", title="封签账务与日志", every=timedelta(minutes=1), quick=True, atomic=False)
def seal(context: JobContext) -> dict[str, Any]:
    """Sign and chain what was committed since the last round; each step commits by itself."""
    return {"rows": seal_rows(now=timezone.now())}


@job_kind("import.check", title="校验导入文件", on_failure=fail_batch)
def check(context: JobContext, batch: int) -> dict[str, Any]:
    """Check an uploaded file; nothing of it is written but what was found."""
    context.progress(0, step="读取并校验")
    return check_now(batch, actor=context.actor)


@job_kind("import.commit", title="导入", on_failure=fail_batch)
def commit(context: JobContext, batch: int) -> dict[str, Any]:
    """Import a checked file in one transaction: a killed worker leaves nothing of it."""
    context.progress(0, step="读取并导入")
    return commit_now(batch, actor=context.actor)


@job_kind("import.undo", title="撤销导入")
def undo(context: JobContext, batch: int) -> dict[str, Any]:
    """Take an untouched import back in one transaction."""
    context.progress(0, step="撤销")
    return undo_now(batch, actor=context.actor)
