"""批量审批: choose, see the sum of it, approve what is unchanged."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from billing.services import bulk_changes as services
from billing.services.changes import APPROVE
from heating.imports.models import Batch
from heating.jobs.models import Job
from heating.jobs.services import enqueue
from heating.jobs.states import LIVE, JobState
from heating.jobs.views import progress_context
from heating.kit.errors import Refusal
from heating.kit.pages import Page
from property.models import ChangeRequest
from property.states import ChangeState

PREVIEW, DO = "billing.preview_changes", "billing.approve_changes"
SALT, LIFE = "billing.bulk_changes", 3600
SHOWN = 200


def numbers(texts: list[str]) -> list[int]:
    """Return the ids among what was posted."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 18]


class BulkFrame(Page):
    """What the pages of 批量审批 share."""

    permission, title, template, model = APPROVE, "批量审批", "billing/bulk_changes.html", ChangeRequest
    crumbs = (("基础信息管理", ""), ("户室变更审批", "billing:room-change-list"))

    def back_url(self) -> str:
        return reverse("billing:room-change-list")

    def tell(self, preview: dict[str, Any], **more: Any) -> HttpResponse:
        """Show count, sums and what cannot be approved."""
        refused = preview["refused"]
        return self.show(
            preview=preview, count=len(preview["ready"]), refused=refused[:SHOWN], refusals=len(refused), **more
        )

    def report(self, result: dict[str, Any]) -> HttpResponse:
        """Show what was approved and what was left."""
        left = result["left"]
        return self.show(result=result, refused=left[:SHOWN], refusals=len(left))


class BulkPreview(BulkFrame):
    """The ticked requests, or all that one import made; without either the imports to choose from."""

    def get(self, request: HttpRequest) -> HttpResponse:
        batch = numbers([request.GET.get("batch", "")])
        if batch:
            return self.look(services.waiting(request.user, batch=batch[0]))
        mine = ChangeRequest.objects.visible_to(request.user, APPROVE).filter(state=ChangeState.PENDING)
        found = mine.filter(batch_id__isnull=False).order_by().values("batch_id").annotate(count=Count("pk"))
        counts = {row["batch_id"]: row["count"] for row in found}
        files = Batch.objects.filter(pk__in=counts).select_related("created_by").order_by("-pk")
        return self.show(batches=[(batch, counts[batch.pk]) for batch in files])

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.look(services.waiting(request.user, ids=numbers(request.POST.getlist("ids"))))

    def look(self, ids: list[int]) -> HttpResponse:
        if not ids:
            raise Refusal("请先勾选待审批的申请")
        actor: Any = self.request.user
        if len(ids) > services.AT_ONCE:
            job = enqueue(PREVIEW, {"ids": ids}, actor=actor, title=f"批量审批预览 {len(ids)} 份")
            return redirect("billing:change-bulk-job", pk=job.pk)
        preview = services.preview_changes(ids, actor=actor, on=timezone.localdate())
        kept = {"ready": preview["ready"], "user": actor.pk}
        return self.tell(preview, seen=signing.dumps(kept, salt=SALT, compress=True))


class BulkJob(BulkFrame):
    """The job that looks at many requests, or that approves them: its progress, then what it found."""

    model = Job

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = Job.objects.filter(created_by=request.user, kind__in=(PREVIEW, DO)).get(pk=pk)
        if job.state in LIVE or job.state != JobState.DONE:
            return self.show(unfinished=True, **progress_context(job))
        return self.report(job.result) if job.kind == DO else self.tell(job.result, source=job)


class BulkApprove(BulkFrame):
    """通过: what was seen on the page before, and nothing else."""

    def post(self, request: HttpRequest) -> HttpResponse:
        actor: Any = request.user
        note = request.POST.get("note", "").replace("\x00", "")[:300]
        source = numbers([request.POST.get("job", "")])
        if source:
            job = Job.objects.filter(created_by=actor, kind=PREVIEW, state=JobState.DONE).get(pk=source[0])
            done = enqueue(DO, {"preview": job.pk, "note": note}, actor=actor, key=f"{DO}:{job.pk}")
            return redirect("billing:change-bulk-job", pk=done.pk)
        try:
            kept = signing.loads(request.POST.get("seen", ""), salt=SALT, max_age=LIFE)
        except signing.BadSignature as problem:
            raise Refusal("页面已过期，请重新查看后再审批") from problem
        if kept["user"] != actor.pk:
            raise Refusal("页面已过期，请重新查看后再审批")
        now = timezone.now()
        return self.report(
            services.approve_many(kept["ready"], actor=actor, on=timezone.localdate(), now=now, note=note)
        )
