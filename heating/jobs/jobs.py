"""The queue's own housekeeping."""

from datetime import time
from typing import Any

from django.utils import timezone

from heating.jobs.kinds import job_kind
from heating.jobs.run import Run
from heating.jobs.services import forget_old_system_jobs


@job_kind("jobs.clean", title="清理旧任务", daily_at=time(3, 40), quick=True)
def clean(run: Run) -> dict[str, Any]:
    """Delete what nobody will look at any more."""
    return {"deleted": forget_old_system_jobs(timezone.now())}
