"""Two companies with a row in every table, and browsers of people in one of them."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import DataScope
from org.models import Office
from tests.platform.backoffice import FOREIGN, OWN
from tests.platform.furnished import SEE, WRITE, furnish, staff


@pytest.fixture
def own() -> Office:
    furnish(FOREIGN)
    return furnish(OWN)


@pytest.fixture
def inside(own: Office, client: Client) -> Client:
    """The browser of somebody who sees and does everything, in their own company."""
    client.force_login(staff("eve", own, *SEE, *WRITE))
    return client


@pytest.fixture
def over_all(own: Office, client: Client) -> Client:
    client.force_login(staff("sam", own, *SEE, *WRITE, scope=DataScope.ALL))
    return client
