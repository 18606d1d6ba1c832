"""A clock that stands at noon, and alice at the counter."""

import pytest
import time_machine

from accounts.models import User
from tests import build
from tests.accounts.phones import NOON


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def alice(db, clock) -> User:
    return build.cashier(build.site(build.company()))
