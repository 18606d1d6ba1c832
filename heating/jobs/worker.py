"""The worker: takes one job after the other until it is told to stop."""

import logging
import threading
import time
from collections.abc import Collection
from contextlib import nullcontext
from traceback import format_exc
from typing import Any, Self

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils import timezone

from heating.jobs import transitions
from heating.jobs.context import Interrupted, JobContext
from heating.jobs.kinds import KINDS, Kind
from heating.jobs.models import Job
from heating.jobs.queue import claim, take_over
from heating.jobs.services import enqueue_due
from heating.jobs.worker_connection import WorkerConnection
from heating.kit.db_errors import database_away
from heating.kit.errors import Refusal

logger = logging.getLogger(__name__)

POLL = 0.4  # seconds between two looks into an empty queue
LOOK_AFTER = 0.5  # seconds between two looks for killed workers' jobs and at a running job's cancel
GRACE = 5.0  # seconds that a running job gets to end by itself when the worker is to stop
RETRY_AFTER = 5.0  # seconds times attempts, after the database failed the job


class Watch(threading.Thread):
    """Ends the running job early when it is cancelled or the worker stops, also inside one long SQL statement."""

    def __init__(self, context: JobContext, link: WorkerConnection, stopping: threading.Event) -> None:
        super().__init__(daemon=True, name=f"watch-{context.job.pk}")
        self.context, self.link, self.stopping = context, link, stopping
        self.over = threading.Event()
        self.statement = connection.connection  # the worker's own; psycopg2 lets another thread cancel on it

    def run(self) -> None:
        grace_ends = None
        while not self.over.wait(LOOK_AFTER):
            if self.stopping.is_set():
                grace_ends = grace_ends or time.monotonic() + GRACE
            try:
                if self.link.cancel_requested(self.context.job.pk):
                    self.context.reason = "cancel"
                elif grace_ends and time.monotonic() > grace_ends:
                    self.context.reason = "stop"
                if self.context.reason and not self.over.is_set():
                    self.statement.cancel()
            except self.link.errors:
                return  # the database is gone, and the work with it

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: Any) -> None:
        self.over.set()
        self.join()


def perform(job: Job, link: WorkerConnection, stopping: threading.Event) -> None:
    """Do one claimed job to one of its transitions."""
    context, kind = JobContext(job, link), KINDS[job.kind]
    connection.ensure_connection()
    try:
        with Watch(context, link, stopping):
            work(context, kind)
    except Interrupted:
        end_early(context)
    except Refusal as refusal:
        transitions.fail(job.pk, error=refusal.sentence, error_file=context.files["error_file"])
    except Exception as problem:
        if not database_away(problem):
            after_bug(job)
        elif context.reason:
            end_early(context)
        else:
            after_database_trouble(job, problem)


def after_bug(job: Job) -> None:
    """Record a fault of ours: a sentence for the person, the traceback for the administrator."""
    logger.exception("job %s (%s) failed", job.pk, job.kind)
    transitions.fail(job.pk, error="系统内部错误，任务已停止；详情已记录，请联系管理员", traceback=format_exc())


def work(context: JobContext, kind: Kind) -> None:
    """Call the kind's function and record its end, in one transaction if the kind is atomic.

    Whether the person may have it done is asked at the start, and again before the commit.
    """
    with transaction.atomic() if kind.atomic else nullcontext():
        context.start()
        result = kind.work(context, **context.job.args)
        if kind.atomic:
            context.ask_again()
        transitions.finish(context.job.pk, result=result, **context.files)


def end_early(context: JobContext) -> None:
    """Record a cancel, or give the job back because the worker stops."""
    if context.reason == "cancel":
        transitions.cancel(context.job.pk)
    else:
        transitions.release(context.job.pk, counted=False)


def after_database_trouble(job: Job, problem: DatabaseError | InterfaceError) -> None:
    """Try again later (deadlock, lock timeout, lost connection), a limited number of times."""
    connection.close()
    logger.warning("job %s (%s): %s", job.pk, job.kind, problem)
    if job.attempts < job.max_attempts:
        transitions.release(job.pk, delay=RETRY_AFTER * job.attempts)
    else:
        transitions.fail(job.pk, error="数据库繁忙，多次重试后仍未完成；请稍后再试", traceback=format_exc())


class Worker:
    """One worker process; `stopping` ends it after the job in hand."""

    def __init__(self, kinds: Collection[str], *, ticks: bool = True) -> None:
        self.kinds = list(kinds)
        self.ticks = ticks
        self.stopping = threading.Event()
        self.link: WorkerConnection | None = None
        self.next_look = self.next_tick = 0.0

    def loop(self) -> None:
        """Work until told to stop; a lost database is waited for."""
        while not self.stopping.is_set():
            try:
                if not self.step():
                    self.stopping.wait(POLL)
            except (DatabaseError, InterfaceError, *WorkerConnection.errors) as problem:
                logger.warning("database away: %s", str(problem).strip())
                self.disconnect()
                self.stopping.wait(1)
        self.disconnect()

    def step(self) -> bool:
        """Do the next job if there is one; say whether there was."""
        self.link = self.link or WorkerConnection()
        now = time.monotonic()
        if self.ticks and now > self.next_tick:
            enqueue_due(timezone.localtime())
            self.next_tick = now + 1
        job = None
        if now > self.next_look:
            job = take_over(self.link, self.kinds)
            self.next_look = now + LOOK_AFTER
        job = job or claim(self.link, self.kinds)
        if job is None:
            return False
        perform(job, self.link, self.stopping)
        self.link.unlock()
        return True

    def disconnect(self) -> None:
        """Close both connections; the next step opens new ones."""
        connection.close()
        if self.link:
            self.link.close()
            self.link = None
