"""The writers of jobs that people and apps use; the worker's own steps are in `transitions` and `queue`."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from heating.audit.services import record
from heating.jobs.kinds import KINDS
from heating.jobs.models import Job
from heating.jobs.states import LIVE, JobState, job_flow
from heating.jobs.transitions import give_up
from heating.kit.errors import Refusal


def enqueue(
    kind: str,
    args: dict[str, Any] | None = None,
    *,
    actor: Any,
    office_id: int | None = None,
    title: str = "",
    run_at: datetime | None = None,
    key: str | None = None,
) -> Job:
    """Put one job into the queue, in the caller's transaction: it exists if and only if that commits.

    `actor` (None for the system) is the person in whose name it will run; the office is theirs unless given. With a
    `key` the job exists once: enqueuing the key again gives the job that is there, whatever its state.
    """
    found = Job.objects.filter(key=key).first() if key else None
    if found:
        return found
    job = Job(
        kind=kind,
        title=title or KINDS[kind].title,
        args=args or {},
        key=key,
        office_id=office_id or getattr(actor, "office_id", None),
        created_by=actor,
        run_at=run_at or timezone.now(),
        max_attempts=KINDS[kind].max_attempts,
    )
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:
        if key is None:
            raise
        return Job.objects.get(key=key)
    return job


CANCEL = "jobs.cancel_all_job"


@transaction.atomic
def cancel_job(pk: int, *, actor: Any) -> Job:
    """Stop a job: a waiting one at once, a running one as soon as its worker hears of it (about a second).

    The creator may, and who holds jobs.cancel_all_job where the job's office is in scope. `Refusal` when it has ended.
    """
    job = Job.objects.for_person(actor, CANCEL).locked(pk)
    if job.state not in LIVE:
        raise Refusal(f"任务{job.get_state_display()}，无需取消")
    before, job.cancel_requested = job.state, True
    job.save(update_fields=["cancel_requested"])
    if job.state == JobState.QUEUED:
        give_up(job, "cancel")
    record(actor, "job.cancel", job, before=before, after=job.state)
    return job


@transaction.atomic
def retry_job(pk: int, *, actor: Any) -> Job:
    """Put the actor's own failed or cancelled job back into the queue with fresh attempts; `Refusal` otherwise."""
    job = Job.objects.filter(created_by=actor).locked(pk)
    before, job.state = job.state, job_flow.next("retry", job.state)
    job.run_at, job.started_at, job.finished_at, job.seen_at = timezone.now(), None, None, None
    job.attempts, job.done, job.total, job.step = 0, 0, 0, ""
    job.cancel_requested, job.error, job.traceback, job.error_file = False, "", "", ""
    job.save()
    record(actor, "job.retry", job, before=before, after=job.state)
    return job


def mark_seen(pk: int, *, actor: Any) -> None:
    """Take the actor's ended job off the bell."""
    ended = Job.objects.filter(pk=pk, created_by=actor, seen_at=None).exclude(state__in=LIVE)
    ended.update(seen_at=timezone.now())


def enqueue_due(now: datetime) -> None:
    """Enqueue the scheduled kinds whose moment has come; several workers at once make one job of each.

    A kind whose last job still waits or runs is left out: the next moment will do.
    """
    for kind in KINDS.values():
        slot = kind.slot(now)
        if slot is None:
            continue
        key = f"{kind.name}@{slot.astimezone(timezone.get_fixed_timezone(0)):%Y%m%dT%H%M%S}"
        if not Job.objects.filter(Q(key=key) | Q(kind=kind.name, created_by=None, state__in=LIVE)).exists():
            enqueue(kind.name, actor=None, key=key)


def forget_old_system_jobs(now: datetime) -> int:
    """Delete the system's own jobs: done for more than a day, failed for more than 30 days; return how many."""
    done = Q(state=JobState.DONE, finished_at__lt=now - timedelta(days=1))
    failed = Q(finished_at__lt=now - timedelta(days=30))
    return Job.objects.filter(created_by=None).filter(done | failed).delete()[0]
