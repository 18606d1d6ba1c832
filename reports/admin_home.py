"""What those who run the system see on 首页: alarms, locked people, long work, imports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from accounts.models import User
from heating.audit.models import Record
from heating.imports.importer import IMPORTERS
from heating.imports.models import Batch
from heating.jobs.lists import COLOURS
from heating.jobs.models import Job
from heating.jobs.states import LIVE, JobState

SHOWN = 8
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
WORK = "jobs.view_all_job"


@dataclass(frozen=True)
class Curious:
    """Somebody who looked at more than a hundred sensitive rows within an hour."""

    who: User
    reveals: int


@dataclass(frozen=True)
class Imported:
    """One import, with its kind's words."""

    title: str
    batch: Batch


def curious(user: User, *, now: datetime) -> list[Curious]:
    """Return whom the administrator should ask why so many numbers were needed."""
    if not user.has_perm("audit.view_record"):
        return []
    found = Record.objects.visible_to(user, "audit.view_record").curious(since=now - HOUR)
    counts = {row["actor_id"]: row["reveals"] for row in found}
    return [Curious(who, counts[who.pk]) for who in User.objects.filter(pk__in=counts).select_related("office")]


def locked(user: User, *, now: datetime) -> list[User]:
    """Return who waits to be unlocked, latest first."""
    if not user.has_perm("accounts.unlock_user"):
        return []
    mine = User.objects.visible_to(user, "accounts.unlock_user").filter(guard__locked_until__gt=now)
    return list(mine.select_related("guard", "office").order_by("-guard__changed_at")[:SHOWN])


def work(user: User, *, now: datetime) -> dict[str, Any] | None:
    """Return the jobs that run and those that failed this week, and the latest imports, of the user's scope."""
    if not user.has_perm(WORK):
        return None
    failed = Q(state=JobState.FAILED, finished_at__gte=now - WEEK)
    jobs = Job.objects.for_person(user).filter(failed | Q(state__in=LIVE)).select_related("created_by")
    batches = Batch.objects.visible_to(user, WORK).select_related("created_by")[:SHOWN]
    return {
        "jobs": [(job, COLOURS[job.state]) for job in jobs[:SHOWN]],
        "imports": [Imported(IMPORTERS[b.kind].title if b.kind in IMPORTERS else b.kind, b) for b in batches],
    }


def duties(user: User, *, now: datetime) -> dict[str, Any]:
    """Return all of it for the template; each part is empty for those who lack its permission."""
    runs = user.has_perm("accounts.change_user")
    return {
        "curious": curious(user, now=now),
        "locked": locked(user, now=now),
        "may_unlock": user.has_perm("accounts.unlock_user"),
        "work": work(user, now=now),
        "demo": settings.DEMO and runs,
    }
