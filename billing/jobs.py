"""Long work of billing."""

from datetime import time
from typing import Any

from django.utils import timezone

from billing.services.bulk_changes import APPROVE, approve_many, preview_changes
from billing.services.daily_accrual import accrue_daily
from heating.jobs.context import JobContext
from heating.jobs.kinds import job_kind
from heating.jobs.models import Job


@job_kind("billing.roll", title="订单计价到当日", daily_at=time(0, 1), atomic=False)
def roll(context: JobContext) -> dict[str, Any]:
    """Write down what the new day changes on open orders; steps commit by themselves, so it starts again anywhere."""
    return {"orders": accrue_daily(timezone.localdate())}


@job_kind("billing.preview_changes", title="批量审批预览", permission=APPROVE)
def preview(context: JobContext, ids: list[int]) -> dict[str, Any]:
    """Find what approving many requests would do."""
    context.progress(0, total=len(ids), step="试算")
    return preview_changes(ids, actor=context.actor, on=timezone.localdate(), progress=context.progress)


@job_kind("billing.approve_changes", title="批量审批", atomic=False, permission=APPROVE)
def approve(context: JobContext, preview: int, note: str = "") -> dict[str, Any]:
    """Approve what the same person saw in a preview; each request commits by itself, so it starts again anywhere."""
    seen = Job.objects.get(pk=preview, created_by=context.actor, kind="billing.preview_changes")
    context.progress(0, total=len(seen.result["ready"]), step="审批")
    return approve_many(
        seen.result["ready"],
        actor=context.actor,
        on=timezone.localdate(),
        now=timezone.now(),
        note=note,
        progress=context.progress,
    )
