"""Progress in figures and words."""

from datetime import UTC, datetime, timedelta

import pytest

from heating.jobs.models import Job
from heating.jobs.progress import progress_of, words

BEGAN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def test_a_quarter_done_in_ten_seconds_needs_thirty_more():
    job = Job(done=250, total=1000, started_at=BEGAN)
    progress = progress_of(job, now=BEGAN + timedelta(seconds=10))
    assert (progress.percent, progress.rate, progress.remaining) == (25, 25.0, timedelta(seconds=30))


def test_without_a_total_there_is_no_percentage():
    progress = progress_of(Job(done=5, started_at=BEGAN), now=BEGAN + timedelta(seconds=1))
    assert (progress.percent, progress.remaining) == (None, None)


def test_a_waiting_job_and_a_clock_that_went_back_divide_nothing_by_zero():
    assert progress_of(Job(), now=BEGAN).rate == 0
    assert progress_of(Job(done=1, total=2, started_at=BEGAN), now=BEGAN - timedelta(hours=1)).remaining is None


@pytest.mark.parametrize(("seconds", "said"), [(8, "8 秒"), (200, "3 分 20 秒"), (7500, "2 小时 5 分")])
def test_spans_are_said_as_people_say_them(seconds, said):
    assert words(timedelta(seconds=seconds)) == said
