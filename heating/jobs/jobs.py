"""The queue's own housekeeping."""

from datetime import time, timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from heating.audit.services import seal_rows
from heating.jobs.context import JobContext
from heating.jobs.kinds import job_kind
from heating.jobs.services import forget_old_system_jobs


@job_kind("jobs.clean", title="清理旧任务", daily_at=time(3, 40), quick=True, results=lambda: {"deleted": "已删除"})
def clean(context: JobContext) -> dict[str, Any]:
    """Delete what nobody will look at any more, sessions that ran out among it."""
    SessionStore.clear_expired()
    return {"deleted": forget_old_system_jobs(timezone.now())}


@job_kind("audit.seal", title="封签账务与日志", every=timedelta(minutes=1), quick=True, atomic=False)
def seal(context: JobContext) -> dict[str, Any]:
    """Sign and chain what was committed since the last round; each step commits by itself."""
    return {"rows": seal_rows(now=timezone.now())}
