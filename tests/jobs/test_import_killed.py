"""An import whose worker, or whose database session, is killed at any moment is done once or not at all."""

import random
import time

import pytest

from billing.models import Contract, Order
from heating.jobs.services import enqueue
from heating.jobs.states import JobState
from property.models import Owner, Room
from reports.books import check_books
from tests import build
from tests.billing.test_load import batch
from tests.jobs.conftest import wait_for
from tests.jobs.test_worker import terminate_others

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.heavy]

ROOMS = 3000
SEED = 20260105


def stored() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Room, Owner, Contract, Order))


def test_an_import_killed_while_reading_and_while_writing_is_whole_in_the_end(start_worker):
    luck = random.Random(SEED)
    site = build.site(build.company())
    build.product(build.season(site))
    alice = build.cashier(site)
    job = enqueue("tests.import", {"batch": batch(site, alice).pk, "count": ROOMS}, actor=alice)

    for step, attempt in (("读取", 1), ("写入", 2), ("写入", 3)):
        worker = start_worker()
        wait_for(job, lambda j, step=step, attempt=attempt: (j.attempts, j.step) == (attempt, step))
        time.sleep(luck.uniform(0, 0.05))
        worker.kill()
        worker.wait()
        # Until the server has noticed, the dead session may still be at work; it can no longer commit.
        assert stored() == (0, 0, 0, 0)

    start_worker()
    wait_for(job, lambda j: (j.attempts, j.step) == (4, "写入"))
    terminate_others()
    wait_for(job, lambda j: j.state == JobState.DONE)
    assert job.result["rooms"] == ROOMS
    assert stored() == (ROOMS, ROOMS, ROOMS, ROOMS)
    broken = [finding.invariant.code for finding in check_books() if not finding.ok]
    assert broken == []
