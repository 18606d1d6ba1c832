"""The queue without a worker."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from heating.audit.models import Record
from heating.jobs.models import Job
from heating.jobs.queue import claim, take_over
from heating.jobs.services import cancel_job, enqueue, enqueue_due, forget_old_system_jobs, mark_seen, retry_job
from heating.jobs.states import JobState
from heating.jobs.worker_connection import WorkerConnection
from heating.kit.errors import Refusal
from tests import build

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def cast(db):
    company = build.company()
    east, west = build.site(company, "东城收费站"), build.site(company, "西城收费站")
    return build.user("alice", east), build.user("charlie", west)


def test_a_job_exists_only_if_its_transaction_commits(cast):
    alice, _ = cast
    with pytest.raises(Refusal), transaction.atomic():
        enqueue("jobs.clean", actor=alice)
        raise Refusal("不行")
    assert not Job.objects.exists()


def test_a_key_makes_one_job(cast):
    alice, _ = cast
    first = enqueue("jobs.clean", actor=alice, key="import:1")
    assert enqueue("jobs.clean", actor=alice, key="import:1") == first
    assert enqueue("jobs.clean", actor=alice, key="import:2") != first


def test_another_person_neither_sees_nor_cancels_nor_retries_a_job(cast):
    alice, charlie = cast
    job = enqueue("jobs.clean", actor=alice)
    assert list(Job.objects.for_person(alice)) == [job]
    assert list(Job.objects.for_person(charlie)) == []
    with pytest.raises(Job.DoesNotExist):
        cancel_job(job.pk, actor=charlie)
    cancel_job(job.pk, actor=alice)
    with pytest.raises(Job.DoesNotExist):
        retry_job(job.pk, actor=charlie)


def test_a_waiting_job_is_cancelled_at_once_and_can_be_retried_and_both_are_recorded(cast):
    alice, _ = cast
    job = enqueue("jobs.clean", actor=alice)
    assert cancel_job(job.pk, actor=alice).state == JobState.CANCELLED
    with pytest.raises(Refusal):
        cancel_job(job.pk, actor=alice)
    assert retry_job(job.pk, actor=alice).state == JobState.QUEUED
    with pytest.raises(Refusal):
        retry_job(job.pk, actor=alice)
    assert [*Record.objects.order_by("id").values_list("event", flat=True)][-2:] == ["job.cancel", "job.retry"]


def test_the_bell_forgets_what_was_looked_at(cast):
    alice, charlie = cast
    job = enqueue("jobs.clean", actor=alice)
    assert Job.objects.news_for(alice).count() == 0
    cancel_job(job.pk, actor=alice)
    assert Job.objects.news_for(alice).count() == 1
    mark_seen(job.pk, actor=charlie)
    assert Job.objects.news_for(alice).count() == 1
    mark_seen(job.pk, actor=alice)
    assert Job.objects.news_for(alice).count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_running_job_is_taken_over_only_when_its_lock_is_free():
    enqueue("jobs.clean", actor=None)
    mine, other = WorkerConnection(), WorkerConnection()
    job = claim(mine, ["jobs.clean"])
    assert take_over(other, ["jobs.clean"]) is None
    mine.close()
    assert take_over(other, ["jobs.clean"]) == job
    other.close()


@pytest.mark.django_db(transaction=True)
def test_without_its_lock_a_running_job_would_be_done_twice():
    # The negative control of the test above: the lock is what keeps others away.
    enqueue("jobs.clean", actor=None)
    mine, other = WorkerConnection(), WorkerConnection()
    job = claim(mine, ["jobs.clean"])
    mine.unlock()
    assert take_over(other, ["jobs.clean"]) == job
    mine.close()
    other.close()


def test_scheduled_work_is_enqueued_once_per_moment_and_never_beside_itself(db):
    night = datetime(2026, 1, 5, 3, 39, tzinfo=SHANGHAI)
    enqueue_due(night)
    enqueue_due(night + timedelta(seconds=5))
    assert Job.objects.filter(kind="jobs.clean").count() == 1
    enqueue_due(night + timedelta(minutes=2))  # the next moment has come, but the last job still waits
    assert Job.objects.filter(kind="jobs.clean").count() == 1
    Job.objects.update(state=JobState.DONE)
    enqueue_due(night + timedelta(minutes=2))
    enqueue_due(night + timedelta(minutes=3))
    assert Job.objects.filter(kind="jobs.clean").count() == 2


def test_old_jobs_of_the_system_are_forgotten_and_those_of_people_are_kept(cast):
    alice, _ = cast
    for actor in (alice, None):
        enqueue("jobs.clean", actor=actor)
    Job.objects.update(state=JobState.DONE, finished_at=timezone.now() - timedelta(days=2))
    assert forget_old_system_jobs(timezone.now()) == 1
    assert Job.objects.get().created_by == alice
