"""The pages that everything under approval shares; an app subclasses them with its model, permission and addresses."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from heating.approvals.forms import ApproveForm, RejectForm
from heating.approvals.jobs import APPROVE, PREVIEW
from heating.approvals.models import Approval
from heating.approvals.services import batches, decisions
from heating.jobs.models import Job
from heating.jobs.services import enqueue
from heating.jobs.states import LIVE, JobState
from heating.jobs.views import progress_context
from heating.kit.errors import Refusal
from heating.kit.pages import ConfirmPage, Page, StaffRequest

SALT, LIFE = "approvals.bulk", 3600
SHOWN = 200


class Decision(ConfirmPage):
    """The frame of the three decisions; set `model`, `queryset`, `permission` and `detail` (a URL name)."""

    word: ClassVar[str] = ""
    detail: ClassVar[str] = ""

    def get_question(self) -> str:
        return f"{self.word}{self.object}？"

    def back_url(self) -> str:
        return reverse(self.detail, args=[self.pk])


class ApprovePage(Decision):
    """通过 what was seen."""

    title, word, success, form_class = "审批通过", "通过", "已通过，变更已生效", ApproveForm

    def initial(self) -> dict[str, Any]:
        return {"seen": self.request.GET.get("seen", "")[:64]}

    def perform(self, form: Any) -> Approval:
        actor: Any = self.request.user
        now, today = timezone.now(), timezone.localdate()
        return decisions.approve(self.model, self.object.pk, actor=actor, on=today, now=now, **form.cleaned_data)


class RejectPage(Decision):
    """驳回 with a reason."""

    title, word, success, danger, form_class = "审批驳回", "驳回", "已驳回", True, RejectForm

    def perform(self, form: Any) -> Approval:
        actor: Any = self.request.user
        reason, now = form.cleaned_data["reason"], timezone.now()
        return decisions.reject(self.model, self.object.pk, reason=reason, actor=actor, now=now)


class WithdrawPage(Decision):
    """撤回 by the submitter."""

    title, word, success = "撤回申请", "撤回", "已撤回"

    def perform(self, form: Any) -> Approval:
        actor: Any = self.request.user
        return decisions.withdraw(self.model, self.object.pk, actor=actor)


def numbers(texts: list[str]) -> list[int]:
    """Return the ids among what was posted."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 18]


class BulkFrame(Page):
    """What the pages of 批量审批 share; set `approves`, `permission` and the URL names `listed`, `detail`, `bulk_…`."""

    title, template = "批量审批", "approvals/bulk.html"
    approves: ClassVar[type[Approval]]
    listed: ClassVar[tuple[str, str]] = ("", "")  # label and URL name of the list
    detail: ClassVar[str] = ""
    bulk_job: ClassVar[str] = ""
    bulk_approve: ClassVar[str] = ""

    def back_url(self) -> str:
        return reverse(self.listed[1])

    def show(self, template: str = "", *, status: int = 200, **context: Any) -> HttpResponse:
        approve = reverse(self.bulk_approve)
        context |= {"listed": self.listed[0], "detail": self.detail, "approve_url": approve}
        return super().show(template, status=status, **context)

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
    """The effect of approving the ticked rows; a subclass may offer other ways to choose by `get`."""

    def get(self, request: StaffRequest) -> HttpResponse:
        return redirect(self.landing(self.back_url()))

    def post(self, request: StaffRequest) -> HttpResponse:
        actor: Any = request.user
        return self.look(batches.waiting(self.approves, actor, pk__in=numbers(request.POST.getlist("ids"))))

    def look(self, ids: list[int]) -> HttpResponse:
        """Show the effect, found at once or by a job."""
        if not ids:
            raise Refusal("请先勾选待审批的申请")
        actor: Any = self.request.user
        if len(ids) > batches.AT_ONCE:
            what = {"model": self.approves._meta.label_lower, "ids": ids}
            job = enqueue(PREVIEW, what, actor=actor, title=f"批量审批预览 {len(ids)} 份")
            return redirect(self.bulk_job, pk=job.pk)
        preview = batches.preview(self.approves, ids, actor=actor, on=timezone.localdate())
        kept = {"ready": preview["ready"], "user": actor.pk, "model": self.approves._meta.label_lower}
        return self.tell(preview, seen=signing.dumps(kept, salt=SALT, compress=True))


class BulkJob(BulkFrame):
    """The job that looks at many rows, or that approves them: its progress, then what it found."""

    model = Job

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        job = Job.objects.filter(created_by=request.user, kind__in=(PREVIEW, APPROVE)).get(pk=pk)
        if job.state in LIVE or job.state != JobState.DONE:
            return self.show(unfinished=True, **progress_context(job))
        found = job.result or {}
        return self.report(found) if job.kind == APPROVE else self.tell(found, source=job)


class BulkApprove(BulkFrame):
    """通过: what was seen on the page before, and nothing else."""

    def post(self, request: StaffRequest) -> HttpResponse:
        actor: Any = request.user
        note = request.POST.get("note", "").replace("\x00", "")[:300]
        source = numbers([request.POST.get("job", "")])
        if source:
            model = self.approves._meta.label_lower
            jobs = Job.objects.filter(created_by=actor, kind=PREVIEW, state=JobState.DONE, args__model=model)
            what = {"model": model, "preview": jobs.get(pk=source[0]).pk, "note": note}
            done = enqueue(APPROVE, what, actor=actor, key=f"{APPROVE}:{source[0]}")
            return redirect(self.bulk_job, pk=done.pk)
        try:
            kept = signing.loads(request.POST.get("seen", ""), salt=SALT, max_age=LIFE)
        except signing.BadSignature as problem:
            raise Refusal("页面已过期，请重新查看后再审批") from problem
        if (kept["user"], kept["model"]) != (actor.pk, self.approves._meta.label_lower):
            raise Refusal("页面已过期，请重新查看后再审批")
        now, today = timezone.now(), timezone.localdate()
        return self.report(
            batches.approve_many(self.approves, kept["ready"], actor=actor, on=today, now=now, note=note)
        )
