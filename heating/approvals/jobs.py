"""批量审批 of many rows as two jobs: the look at them, and the approval of what was seen."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from heating.approvals.services import batches
from heating.approvals.services.decisions import model_named
from heating.jobs.context import JobContext
from heating.jobs.kinds import job_kind
from heating.jobs.models import Job

PREVIEW, APPROVE = "approvals.preview", "approvals.approve"


def permission_of(model: str, **args: Any) -> str:
    """Return the permission by which rows of the model that a job names are decided."""
    return model_named(model).approve_permission


@job_kind(PREVIEW, title="批量审批预览", permission=permission_of)
def preview(context: JobContext, model: str, ids: list[int]) -> dict[str, Any]:
    """Find what approving many rows would do."""
    context.progress(0, total=len(ids), step="试算")
    actor, today = context.actor, timezone.localdate()
    return batches.preview(model_named(model), ids, actor=actor, on=today, progress=context.progress)


@job_kind(APPROVE, title="批量审批", atomic=False, permission=permission_of, results=lambda: {"approved": "已通过"})
def approve(context: JobContext, model: str, preview: int, note: str = "") -> dict[str, Any]:
    """Approve what the same person saw in a preview; each row commits by itself, so it starts again anywhere."""
    seen = Job.objects.get(pk=preview, created_by=context.actor, kind=PREVIEW, args__model=model)
    ready = (seen.result or {})["ready"]
    context.progress(0, total=len(ready), step="审批")
    return batches.approve_many(
        model_named(model),
        ready,
        actor=context.actor,
        on=timezone.localdate(),
        now=timezone.now(),
        note=note,
        progress=context.progress,
    )
