"""A job's page: progress while it runs, result and files at its end."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils._os import safe_join

from heating.jobs.kinds import KINDS
from heating.jobs.lists import COLOURS
from heating.jobs.models import Job
from heating.jobs.progress import progress_of
from heating.jobs.services import CANCEL, cancel_job, mark_seen, retry_job
from heating.jobs.states import LIVE
from heating.kit.pages import Action, ConfirmPage, DetailPage, Page, Section, StaffRequest
from heating.kit.tables import BadgeColumn, Column


def progress_context(job: Job) -> dict[str, Any]:
    """Return what templates/jobs/progress.html needs; any page may include it for a job of its own."""
    return {"job": job, "progress": progress_of(job, now=timezone.now()), "live": job.state in LIVE}


def results(job: Job) -> list[tuple[str, Any]]:
    """Return the (label, value) of what a job found or made."""
    labels = KINDS[job.kind].results() if job.kind in KINDS else {}
    return [(labels[key], value) for key, value in (job.result or {}).items() if key in labels]


class OwnJob(Page):
    """Looks a job up among those that the person may see; whoever enqueued it may see it without any further action."""

    model = Job

    def fetch(self, queryset: Any, pk: Any) -> Job:
        return queryset.for_person(self.request.user).get(pk=pk)

    def back_url(self) -> str:
        return reverse("jobs:job-detail", args=[self.kwargs["pk"]])


class JobDetail(OwnJob, DetailPage):
    template = "jobs/detail.html"
    crumbs = (("后台任务", "jobs:job-list"),)
    queryset = Job.objects.select_related("created_by")
    sections = (
        Section(
            "任务",
            facts=(
                Column("任务", "title"),
                BadgeColumn("状态", "state", colours=COLOURS),
                Column("发起人", "created_by.name"),
                Column("发起时间", "created_at"),
                Column("开始时间", "started_at"),
                Column("结束时间", "finished_at"),
                Column("执行次数", "attempts"),
            ),
        ),
    )

    def extra(self) -> dict[str, Any]:
        user, job = self.request.user, self.object
        own = job.created_by_id == user.pk
        return progress_context(job) | {
            "own": own,
            "result": results(job),
            "traceback": job.traceback if user.is_staff else "",
        }

    def buttons(self) -> list[tuple[Action, str]]:
        user, job = self.request.user, self.object
        own = job.created_by_id == user.pk
        deeds = {
            "取消任务": ("cancel", job.state in LIVE and (own or user.has_perm("jobs.cancel_all_job"))),
            "重试": ("retry", own and job.state in ("failed", "cancelled")),
        }
        return [
            (Action(label, f"jobs:job-{action}", ""), reverse(f"jobs:job-{action}", args=[job.pk]))
            for label, (action, allowed) in deeds.items()
            if allowed
        ]


class JobProgress(OwnJob):
    """The live part of the page, asked for every second; when the job has ended the whole page comes anew."""

    unattended = True

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        job = self.fetch(Job.objects.all(), pk)
        if not self.request.htmx:
            return redirect(self.back_url())
        response = self.show("jobs/progress.html", **progress_context(job))
        if job.state not in LIVE:
            response["HX-Refresh"] = "true"
        return response


class JobCancel(OwnJob, ConfirmPage):
    title, question, danger = "取消任务", "确定取消该任务？不会留下做到一半的数据。", True
    queryset = Job.objects.all()
    success = "已要求取消，任务将在几秒内停止"

    def fetch(self, queryset: Any, pk: Any) -> Job:
        return queryset.for_person(self.request.user, CANCEL).get(pk=pk)

    def perform(self, form: Any) -> Job:
        return cancel_job(self.object.pk, actor=self.request.user)


class JobRetry(OwnJob, ConfirmPage):
    title, question = "重试任务", "确定重新执行该任务？"
    queryset = Job.objects.all()
    success = "任务已重新排队"

    def fetch(self, queryset: Any, pk: Any) -> Job:
        return queryset.filter(created_by=self.request.user).get(pk=pk)

    def perform(self, form: Any) -> Job:
        return retry_job(self.object.pk, actor=self.request.user)


class JobSeen(OwnJob):
    """Takes an ended job off the bell."""

    def post(self, request: StaffRequest, pk: int) -> HttpResponse:
        mark_seen(self.fetch(Job.objects.all(), pk).pk, actor=request.user)
        return HttpResponse(status=204) if self.request.htmx else redirect(self.back_url())


class JobFile(OwnJob):
    """The result or error file; only for the one in whose name it was made, since it holds rows of their scope."""

    field = "result_file"

    def get(self, request: StaffRequest, pk: int) -> FileResponse:
        relative = getattr(self.fetch(Job.objects.filter(created_by=request.user), pk), self.field)
        try:
            file = open(safe_join(settings.MEDIA_ROOT, relative), "rb")  # noqa: SIM115, PTH123 FileResponse closes it
        except OSError:
            raise Http404 from None
        return FileResponse(file, as_attachment=True)
