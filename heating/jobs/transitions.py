"""How a job ends: done, failed, cancelled, or back in the queue. Each is one step of the flow on the locked row."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from heating.jobs.kinds import KINDS
from heating.jobs.models import Job
from heating.jobs.states import job_flow


def finish(pk: int, *, result: Any, result_file: str, error_file: str) -> None:
    """Record success; inside the work's own transaction when the kind is atomic."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=pk)
        job.state = job_flow.next("finish", job.state)
        job.result, job.result_file, job.error_file = result, result_file, error_file
        job.finished_at = timezone.now()
        job.save(update_fields=["state", "result", "result_file", "error_file", "finished_at"])


def give_up(job: Job, transition: str, *, error: str = "", traceback: str = "", error_file: str = "") -> None:
    """Record a failure or a cancel (`transition`) of a locked job, and tell the kind."""
    with transaction.atomic():
        job.state = job_flow.next(transition, job.state)
        job.error, job.traceback, job.error_file = error[:500], traceback, error_file
        job.finished_at = timezone.now()
        job.save(update_fields=["state", "error", "traceback", "error_file", "finished_at"])
        kind = KINDS.get(job.kind)
        if kind and kind.on_failure:
            kind.on_failure(job)


def fail(pk: int, *, error: str, traceback: str = "", error_file: str = "") -> None:
    """Record a failure: `error` is a sentence for the person, `traceback` is for the administrator."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=pk)
        give_up(job, "fail", error=error, traceback=traceback, error_file=error_file)


def cancel(pk: int) -> None:
    """Record that a running job has obeyed its cancel."""
    with transaction.atomic():
        give_up(Job.objects.select_for_update().get(pk=pk), "cancel")


def release(pk: int, *, delay: float = 0, counted: bool = True) -> None:
    """Put a running job back into the queue, due in `delay` seconds; an uncounted start is free."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=pk)
        job.state = job_flow.next("release", job.state)
        job.run_at = timezone.now() + timedelta(seconds=delay)
        job.attempts -= 0 if counted else 1
        job.step = "等待继续"
        job.save(update_fields=["state", "run_at", "attempts", "step"])
