"""The kinds of long work. An app declares its own in `<app>/jobs.py`, which is found by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

Work = Callable[..., Any]


@dataclass(frozen=True)
class Kind:
    """One kind of long work and how a worker treats it.

    `atomic`: the work and the job's end are one transaction, so that a killed worker leaves nothing of it. Without it
    the work commits in steps of its own and must be able to start again. `quick`: due in seconds and done in seconds;
    one worker is kept free for these. `on_failure(job)` runs in the transaction that records a failure or a cancel.
    `every` and `daily_at` (local time) make the workers enqueue it by themselves.
    `permission` ("app.verb", or a function of the arguments that returns one) and `reach(actor, **args)` are asked when
    the work starts and again before it commits: the person may have lost either since the job was enqueued.
    `results()` are the labels of what the work returns; what has none is not shown.
    """

    name: str
    title: str
    work: Work
    atomic: bool = True
    quick: bool = False
    max_attempts: int = 5
    every: timedelta | None = None
    daily_at: time | None = None
    on_failure: Callable[[Any], None] | None = None
    permission: str | Callable[..., str] = ""
    reach: Callable[..., bool] | None = None
    results: Callable[[], Mapping[str, str]] = dict

    def permission_for(self, args: dict[str, Any]) -> str:
        """Return the permission that jobs with these arguments need; empty for the system's own work."""
        return self.permission if isinstance(self.permission, str) else self.permission(**args)

    def slot(self, now: datetime) -> datetime | None:
        """Return the latest scheduled moment not after `now` (aware, local), or None without a schedule."""
        if self.every is not None:
            step = self.every.total_seconds()
            return datetime.fromtimestamp(now.timestamp() // step * step, tz=now.tzinfo)
        if self.daily_at is not None:
            today = datetime.combine(now.date(), self.daily_at, tzinfo=now.tzinfo)
            return today if today <= now else today - timedelta(days=1)
        return None


KINDS: dict[str, Kind] = {}


def job_kind(name: str, *, title: str, **options: Any) -> Callable[[Work], Work]:
    """Register the decorated function as the work of jobs of kind `name` ("app.name").

    It is called as `work(context, **args)` with a `heating.jobs.context.JobContext`; what it returns is the job's
    result (JSON). A `Refusal` fails the job with its sentence. Options are those of `Kind`.
    """

    def register(work: Work) -> Work:
        if name in KINDS:
            raise ValueError(f"job kind {name!r} is declared twice")
        KINDS[name] = Kind(name, title, work, **options)
        return work

    return register
