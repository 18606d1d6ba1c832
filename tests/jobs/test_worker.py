"""Real worker processes: what they do with work, with cancels, and with their own death."""

import signal
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from heating.audit.models import Record
from heating.jobs.models import Job
from heating.jobs.services import cancel_job, enqueue, retry_job
from heating.jobs.states import JobState
from tests import build
from tests.jobs.conftest import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice(transactional_db):
    return build.user("alice", build.site(build.company()))


def counted(permission="tests.count"):
    return Record.objects.filter(event=permission).count()


def test_a_job_is_done_in_the_name_of_its_creator_and_leaves_a_file(start_worker, alice):
    start_worker()
    job = wait_for(enqueue("tests.count", {"upto": 3}, actor=alice), lambda j: j.state == JobState.DONE)
    assert job.result == {"counted": 3}
    assert job.result_file == f"jobs/{job.pk}/数_数.txt"
    assert job.office_id == alice.office_id
    assert set(Record.objects.filter(event="tests.count").values_list("actor", flat=True)) == {alice.pk}


def test_progress_is_seen_while_the_jobs_transaction_is_open(start_worker, alice):
    start_worker()
    job = wait_for(enqueue("tests.count", {"upto": 500, "pause": 0.01}, actor=alice), lambda j: j.done > 0)
    assert (job.state, job.total, job.step) == (JobState.RUNNING, 500, "数数")
    assert counted() == 0


def test_the_job_of_a_killed_worker_is_taken_over_soon_and_done_once(start_worker, alice):
    first = start_worker()
    job = wait_for(enqueue("tests.count", {"upto": 1000, "pause": 0.05}, actor=alice), lambda j: j.done > 0)
    start_worker()
    wait_for(enqueue("tests.count", {"upto": 1}, actor=alice), lambda j: j.state == JobState.DONE)
    first.kill()
    killed = time.monotonic()
    wait_for(job, lambda j: j.attempts == 2)
    assert time.monotonic() - killed < 10  # 1.2 s on an idle machine
    wait_for(job, lambda j: j.state == JobState.DONE)
    assert counted() == 1001


def test_two_workers_never_do_the_same_job(start_worker, alice):
    start_worker()
    start_worker()
    jobs = [enqueue("tests.count", {"upto": 1}, actor=alice) for _ in range(100)]
    for job in jobs:
        wait_for(job, lambda j: j.state == JobState.DONE)
    assert counted() == 100


def test_a_worker_told_to_stop_finishes_a_short_job(start_worker, alice):
    worker = start_worker()
    job = enqueue("tests.count", {"upto": 20, "pause": 0.05}, actor=alice)
    wait_for(job, lambda j: j.state == JobState.RUNNING)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    job.refresh_from_db()
    assert (job.state, counted()) == (JobState.DONE, 20)


def test_a_worker_told_to_stop_gives_a_long_job_back_for_free(start_worker, alice):
    worker = start_worker()
    job = enqueue("tests.long_statement", actor=alice)
    wait_for(job, lambda j: j.state == JobState.RUNNING)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts, counted("tests.long_statement")) == (JobState.QUEUED, 0, 0)


@pytest.mark.parametrize("kind", ["tests.count", "tests.long_statement"])
def test_a_running_job_obeys_its_cancel_and_leaves_nothing(start_worker, alice, kind):
    start_worker()
    job = enqueue(kind, {"upto": 3000, "pause": 0.02} if kind == "tests.count" else {}, actor=alice)
    wait_for(job, lambda j: j.state == JobState.RUNNING)
    cancel_job(job.pk, actor=alice)
    wait_for(job, lambda j: j.state == JobState.CANCELLED)
    assert counted(kind) == 0
    retry_job(job.pk, actor=alice)
    wait_for(job, lambda j: j.state == JobState.RUNNING)


def test_a_refusal_fails_the_job_with_its_sentence_and_keeps_the_error_file(start_worker, alice):
    start_worker()
    job = wait_for(enqueue("tests.refuse", actor=alice), lambda j: j.state == JobState.FAILED)
    assert (job.error, job.traceback, job.attempts) == ("该文件不是本公司的", "", 1)
    assert job.error_file == f"jobs/{job.pk}/错误.txt"
    assert counted("tests.refuse") == 0


def test_a_bug_fails_the_job_politely_and_keeps_the_traceback_for_the_administrator(start_worker, alice):
    start_worker()
    job = wait_for(enqueue("tests.bug", actor=alice), lambda j: j.state == JobState.FAILED)
    assert "ZeroDivisionError" in job.traceback
    assert "ZeroDivisionError" not in job.error
    assert (counted("tests.bug"), counted("tests.bug_ended")) == (0, 1)


def test_a_job_that_kills_its_workers_is_given_up(start_worker, alice):
    job = enqueue("tests.steps", {"upto": 500, "pause": 0.05}, actor=alice)
    for attempt in (1, 2):
        worker = start_worker()
        wait_for(job, lambda j, attempt=attempt: j.attempts == attempt and j.done > 0)
        worker.kill()
        worker.wait()
    start_worker()
    wait_for(job, lambda j: j.state == JobState.FAILED)
    assert "中断了 2 次" in job.error


def test_a_cancel_that_its_killed_worker_did_not_hear_is_obeyed_by_the_next(start_worker, alice):
    worker = start_worker()
    job = wait_for(enqueue("tests.steps", {"upto": 500, "pause": 0.05}, actor=alice), lambda j: j.done > 0)
    worker.kill()
    worker.wait()
    cancel_job(job.pk, actor=alice)
    start_worker()
    wait_for(job, lambda j: j.state == JobState.CANCELLED)


def test_a_job_waits_for_its_time(start_worker, alice):
    start_worker()
    later = enqueue("tests.count", {"upto": 1}, actor=alice, run_at=timezone.now() + timedelta(seconds=8))
    now = enqueue("tests.count", {"upto": 1}, actor=alice)
    wait_for(now, lambda j: j.state == JobState.DONE)
    later.refresh_from_db()
    assert later.state == JobState.QUEUED
    wait_for(later, lambda j: j.state == JobState.DONE)
    assert Job.objects.filter(pk=later.pk, started_at__gte=F("run_at")).exists()


def test_a_worker_waits_for_a_lost_database_connection(start_worker, alice):
    start_worker()
    wait_for(enqueue("tests.count", {"upto": 1}, actor=alice), lambda j: j.state == JobState.DONE)
    job = wait_for(enqueue("tests.count", {"upto": 60, "pause": 0.05}, actor=alice), lambda j: j.done > 0)
    terminate_others()
    wait_for(job, lambda j: j.state == JobState.DONE)
    assert counted() == 61


def terminate_others():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
