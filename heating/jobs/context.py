"""What the function of a job is given."""

from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.utils.text import get_valid_filename

from heating.jobs.models import Job
from heating.jobs.worker_connection import WorkerConnection

SHOW_EVERY = 0.3  # seconds between two progress writes


class Interrupted(BaseException):
    """The job is cancelled or its worker is to stop; no `except Exception` of the work may swallow it."""


class JobContext:
    """What a job works with: the person it works for, its progress and its files."""

    def __init__(self, job: Job, link: WorkerConnection) -> None:
        self.job = job
        self.actor: Any = job.created_by
        self.reason = ""  # "cancel" or "stop", once the work is to end early
        self.files = {"result_file": "", "error_file": ""}
        self._link = link
        self._done, self._total, self._step, self._shown = 0, 0, "", 0.0

    def progress(self, done: int, total: int | None = None, step: str | None = None) -> None:
        """Show `done` of `total`, and what is being done; cheap enough to call for every row.

        Ends the work by `Interrupted` when the job is cancelled or the worker is to stop.
        """
        if self.reason:
            raise Interrupted(self.reason)
        news = step is not None and step != self._step
        self._done = done
        self._total = self._total if total is None else total
        self._step = self._step if step is None else step
        if news or monotonic() - self._shown > SHOW_EVERY or done == self._total:
            self._shown = monotonic()
            if self._link.progress(self.job.pk, done=done, total=self._total, step=self._step):
                self.reason = "cancel"
                raise Interrupted(self.reason)

    def result_file(self, name: str) -> Path:
        """Return where to write the file that the person will download as the result."""
        return self._file("result_file", name)

    def error_file(self, name: str) -> Path:
        """Return where to write the file that shows what was wrong."""
        return self._file("error_file", name)

    def _file(self, field: str, name: str) -> Path:
        relative = Path("jobs", str(self.job.pk), get_valid_filename(name)[-80:])
        self.files[field] = str(relative)
        path = Path(settings.MEDIA_ROOT) / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
