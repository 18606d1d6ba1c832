"""Long lists: counted and paged through to a limit, deeper pages as right as the first."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heating.kit.pages import list as pages
from tests import build

pytestmark = pytest.mark.django_db
ROOMS = "/a/billing/rooms/"


@pytest.fixture
def rooms(client: Client) -> list[Any]:
    site = build.site(build.company())
    client.force_login(build.user("bob", site, build.role(site.company, "property.view_room")))
    unit = build.unit(build.building(build.community(site)))
    return [build.room(unit, number=f"{n}01") for n in range(1, 46)]


def test_every_row_stands_on_one_page_in_order(rooms: list[Any], client: Client) -> None:
    seen = [row.pk for n in (1, 2, 3) for row in client.get(f"{ROOMS}?page={n}").context["rows"]]
    assert seen == [room.pk for room in rooms]
    assert [len(client.get(f"{ROOMS}?size={n}").context["rows"]) for n in (20, 50, 100, 7)] == [20, 45, 45, 20]


def test_beyond_the_limit_nothing_is_counted_summed_or_shown(
    rooms: list[Any], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get(ROOMS).context["totals"]
    monkeypatch.setattr(pages, "MOST", 40)
    page = client.get(f"{ROOMS}?page=9999")
    assert (page.context["number"], page.context["count"], page.context["totals"]) == (2, 40, None)
    assert "超过 40 条" in page.content.decode() and 'rel="next"' not in page.content.decode()


def test_the_count_reads_no_more_than_it_needs(rooms: list[Any], client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(ROOMS)
    (count,) = [q["sql"] for q in queries if "COUNT(" in q["sql"] and "property_room" in q["sql"]]
    assert "LIMIT 10001" in count and "billing_order" not in count
