"""How far a job is, in words and figures for the screen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from heating.jobs.models import Job


@dataclass(frozen=True)
class Progress:
    """`percent` and `remaining` are None while the total is unknown; `rate` is rows per second."""

    percent: int | None
    rate: float
    elapsed: timedelta
    remaining: timedelta | None

    @property
    def elapsed_words(self) -> str:
        return words(self.elapsed)

    @property
    def remaining_words(self) -> str:
        return "" if self.remaining is None else words(self.remaining)


def progress_of(job: Job, *, now: datetime) -> Progress:
    """Return the progress of a job as of `now`."""
    elapsed = max((job.finished_at or now) - job.started_at, timedelta(0)) if job.started_at else timedelta(0)
    rate = job.done / elapsed.total_seconds() if elapsed else 0.0
    percent = min(100, job.done * 100 // job.total) if job.total else None
    remaining = timedelta(seconds=max(job.total - job.done, 0) / rate) if job.total and rate else None
    return Progress(percent, rate, elapsed, remaining)


def words(span: timedelta) -> str:
    """Return a span as a person says it: 8 秒, 3 分 20 秒, 2 小时 5 分."""
    seconds = round(span.total_seconds())
    if seconds < 60:
        return f"{seconds} 秒"
    if seconds < 3600:
        return f"{seconds // 60} 分 {seconds % 60} 秒"
    return f"{seconds // 3600} 小时 {seconds % 3600 // 60} 分"
