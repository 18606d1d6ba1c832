"""What the function of a job is given."""

from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.text import get_valid_filename

from heating.jobs.kinds import KINDS, Kind
from heating.jobs.models import Job
from heating.jobs.worker_connection import WorkerConnection
from heating.kit.errors import Refusal
from heating.kit.scope import Scope

SHOW_EVERY = 0.3  # seconds between two progress writes


class Interrupted(BaseException):
    """The job is cancelled or its worker is to stop; no `except Exception` of the work may swallow it."""


class JobContext:
    """What a job works with: the person it works for, its progress and its files."""

    def __init__(self, job: Job, link: WorkerConnection) -> None:
        self.job = job
        self.actor: Any = job.created_by
        self.kind: Kind = KINDS[job.kind]
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
        if not self.kind.atomic:
            self.ask_again()  # each step commits by itself
        news = step is not None and step != self._step
        self._done = done
        self._total = self._total if total is None else total
        self._step = self._step if step is None else step
        if news or monotonic() - self._shown > SHOW_EVERY or done == self._total:
            self._shown = monotonic()
            if self._link.progress(self.job.pk, done=done, total=self._total, step=self._step):
                self.reason = "cancel"
                raise Interrupted(self.reason)

    def start(self) -> None:
        """Take the person as they are now; `Refusal` when they may not have this done any more."""
        if self.job.created_by_id is not None:
            self.actor = self._person(lock=False)
            if self.kind.reach and not self.kind.reach(self.actor, **self.job.args):
                raise Refusal("该任务所属的机构已不在发起人的数据范围内，任务未执行")

    def ask_again(self) -> None:
        """Ask before a commit: `Refusal` when the person may do less than at the start.

        The person's row is locked, so that 停用 waits for the commit.
        """
        if self.job.created_by_id is None:
            return
        now = self._person(lock=True)
        permission = self.kind.permission_for(self.job.args)
        if permission and not covers(now.scope(permission), self.actor.scope(permission)):
            raise Refusal("任务执行期间，发起人的数据范围已缩小，任务未完成")

    def _person(self, *, lock: bool) -> Any:
        """Return the person afresh, without anything remembered; `Refusal` when disabled or without the permission."""
        people = get_user_model()._default_manager.all()
        with transaction.atomic():
            rows = people.select_for_update(of=("self",), no_key=True) if lock else people
            person = rows.get(pk=self.job.created_by_id)
        if not person.is_active:
            raise Refusal("发起人的账号已停用，任务未完成")
        permission = self.kind.permission_for(self.job.args)
        if permission and not person.has_perm(permission):
            raise Refusal("发起人已没有该操作的权限，任务未完成")
        return person

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


def covers(now: Scope, then: Scope) -> bool:
    """Say whether a scope still reaches everything that it reached before."""
    return now.everything or now | then == now
