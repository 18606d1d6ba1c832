"""The tidying of attachments."""

from datetime import time
from typing import Any

from django.utils import timezone

from heating.jobs.context import JobContext
from heating.jobs.kinds import job_kind
from property.services.attachments import sweep_attachments


@job_kind("property.sweep", title="清理无主附件", daily_at=time(3, 50), quick=True)
def sweep(context: JobContext) -> dict[str, Any]:
    """Delete the files that a killed upload left without a row."""
    return {"deleted": sweep_attachments(timezone.now())}
