"""Choosing the next job. Any number of workers on any number of machines may ask at the same time."""

from collections.abc import Collection

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from heating.jobs.models import Job
from heating.jobs.states import JobState, job_flow
from heating.jobs.transitions import give_up
from heating.jobs.worker_connection import WorkerConnection


def claim(link: WorkerConnection, kinds: Collection[str]) -> Job | None:
    """Start the job that has been due longest, or return None; its lock is then held by `link`."""
    due = Job.objects.filter(state=JobState.QUEUED, run_at__lte=Now(), kind__in=kinds)
    with transaction.atomic():
        job = due.select_for_update(skip_locked=True).order_by("run_at", "id").first()
        if job is None or not link.lock(job.pk):
            return None
        job.state = job_flow.next("start", job.state)
        return begin(job)


def take_over(link: WorkerConnection, kinds: Collection[str]) -> Job | None:
    """Go on with a job whose worker was killed: it says running, but nobody holds its lock."""
    for pk in Job.objects.filter(state=JobState.RUNNING, kind__in=kinds).order_by("id").values_list("pk", flat=True):
        if not link.lock(pk):
            continue
        with transaction.atomic():
            job = Job.objects.select_for_update().get(pk=pk)
            if job.state == JobState.RUNNING and not job.cancel_requested and job.attempts < job.max_attempts:
                return begin(job)
            # Its worker ended it in this very moment, or it must not be tried again.
            if job.state == JobState.RUNNING and job.cancel_requested:
                give_up(job, "cancel")
            elif job.state == JobState.RUNNING:
                give_up(job, "fail", error=f"任务执行中断了 {job.attempts} 次，已停止；请联系管理员查看后重试")
        link.unlock()
    return None


def begin(job: Job) -> Job:
    """Count and time a start of a locked job."""
    job.attempts += 1
    job.started_at, job.finished_at = timezone.now(), None
    job.done, job.total, job.step = 0, 0, ""
    job.save(update_fields=["state", "attempts", "started_at", "finished_at", "done", "total", "step"])
    return job
