"""The worker: takes one job after the other until it is told to stop."""

import logging
import threading
import time
from collections.abc import Collection
from traceback import format_exc
from typing import Any, Self

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from heating.jobs import ends
from heating.jobs.kinds import KINDS, Kind
from heating.jobs.models import Job
from heating.jobs.queue import claim, take_over
from heating.jobs.run import Interrupted, Run
from heating.jobs.services import enqueue_due
from heating.jobs.side import Side
from heating.kit.errors import Refusal
from heating.kit.outage import database_away

logger = logging.getLogger(__name__)

POLL = 0.4  # seconds between two looks into an empty queue
LOOK_AFTER = 0.5  # seconds between two looks for killed workers' jobs and at a running job's cancel
GRACE = 5.0  # seconds that a running job gets to end by itself when the worker is to stop
RETRY_AFTER = 5.0  # seconds times attempts, after the database failed the job


class Watch(threading.Thread):
    """Ends the running job early when it is cancelled or the worker stops, also inside one long SQL statement."""

    def __init__(self, run: Run, side: Side, stopping: threading.Event) -> None:
        super().__init__(daemon=True, name=f"watch-{run.job.pk}")
        self.job_run, self.side, self.stopping = run, side, stopping
        self.over = threading.Event()
        self.statement = connection.connection  # the worker's own; psycopg2 lets another thread cancel on it

    def run(self) -> None:
        grace_ends = None
        while not self.over.wait(LOOK_AFTER):
            if self.stopping.is_set():
                grace_ends = grace_ends or time.monotonic() + GRACE
            try:
                if self.side.cancel_requested(self.job_run.job.pk):
                    self.job_run.reason = "cancel"
                elif grace_ends and time.monotonic() > grace_ends:
                    self.job_run.reason = "stop"
                if self.job_run.reason and not self.over.is_set():
                    self.statement.cancel()
            except self.side.errors:
                return  # the database is gone, and the work with it

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: Any) -> None:
        self.over.set()
        self.join()


def perform(job: Job, side: Side, stopping: threading.Event) -> None:
    """Do one claimed job to one of its ends."""
    run, kind = Run(job, side), KINDS[job.kind]
    connection.ensure_connection()
    try:
        with Watch(run, side, stopping):
            work(run, kind)
    except Interrupted:
        end_early(run)
    except Refusal as refusal:
        ends.fail(job.pk, error=refusal.sentence, error_file=run.files["error_file"])
    except Exception as problem:
        if not database_away(problem):
            after_bug(job)
        elif run.reason:
            end_early(run)
        else:
            after_database_trouble(job, problem)


def after_bug(job: Job) -> None:
    """Record a fault of ours: a sentence for the person, the traceback for the administrator."""
    logger.exception("job %s (%s) failed", job.pk, job.kind)
    ends.fail(job.pk, error="系统内部错误，任务已停止；详情已记录，请联系管理员", traceback=format_exc())


def work(run: Run, kind: Kind) -> None:
    """Call the kind's function and record its end, in one transaction if the kind is atomic."""
    if kind.atomic:
        with transaction.atomic():
            ends.finish(run.job.pk, result=kind.work(run, **run.job.args), **run.files)
    else:
        ends.finish(run.job.pk, result=kind.work(run, **run.job.args), **run.files)


def end_early(run: Run) -> None:
    """Record a cancel, or give the job back because the worker stops."""
    if run.reason == "cancel":
        ends.cancel(run.job.pk)
    else:
        ends.release(run.job.pk, counted=False)


def after_database_trouble(job: Job, problem: DatabaseError | InterfaceError) -> None:
    """Try again later (deadlock, lock timeout, lost connection), a limited number of times."""
    connection.close()
    logger.warning("job %s (%s): %s", job.pk, job.kind, problem)
    if job.attempts < job.max_attempts:
        ends.release(job.pk, delay=RETRY_AFTER * job.attempts)
    else:
        ends.fail(job.pk, error="数据库繁忙，多次重试后仍未完成；请稍后再试", traceback=format_exc())


class Worker:
    """One worker process; `stopping` ends it after the job in hand."""

    def __init__(self, kinds: Collection[str], *, ticks: bool = True) -> None:
        self.kinds = list(kinds)
        self.ticks = ticks
        self.stopping = threading.Event()
        self.side: Side | None = None
        self.next_look = self.next_tick = 0.0

    def loop(self) -> None:
        """Work until told to stop; a lost database is waited for."""
        while not self.stopping.is_set():
            try:
                if not self.step():
                    self.stopping.wait(POLL)
            except (DatabaseError, InterfaceError, *Side.errors) as problem:
                logger.warning("database away: %s", str(problem).strip())
                self.disconnect()
                self.stopping.wait(1)
        self.disconnect()

    def step(self) -> bool:
        """Do the next job if there is one; say whether there was."""
        self.side = self.side or Side()
        now = time.monotonic()
        if self.ticks and now > self.next_tick:
            enqueue_due(timezone.localtime())
            self.next_tick = now + 1
        job = None
        if now > self.next_look:
            job = take_over(self.side, self.kinds)
            self.next_look = now + LOOK_AFTER
        job = job or claim(self.side, self.kinds)
        if job is None:
            return False
        perform(job, self.side, self.stopping)
        self.side.unlock()
        return True

    def disconnect(self) -> None:
        """Close both connections; the next step opens new ones."""
        connection.close()
        if self.side:
            self.side.close()
            self.side = None
