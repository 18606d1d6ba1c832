"""Long lists: counted and paged through to a limit, deeper pages as right as the first."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import DataScope
from billing.models import Season
from heating.kit.pages import list as pages
from property.models import Owner
from tests import build

pytestmark = pytest.mark.django_db
ROOMS = "/a/property/rooms/"


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


def test_the_orders_are_summed_over_all_pages(rooms: list[Any], client: Client) -> None:
    """Their 已缴 is principal and late charge together: no column of the database, so the page once failed here."""
    site = rooms[0].office
    client.force_login(build.user("amy", site, build.role(site.company, "billing.view_order")))
    for room in rooms[:21]:
        build.old_debt(room, build.season(site, 2023) if room is rooms[0] else Season.objects.get(), "10.00")
    page = client.get("/a/billing/orders/")
    assert (page.status_code, page.context["count"], page.context["pages"]) == (200, 21, 2)
    assert "210.00" in [cell.text for cell in page.context["totals"]]


def test_a_row_offers_no_deed_that_its_permission_does_not_reach(client: Client) -> None:
    """Who sees the whole company and may ask in one site finds 编辑 there only: elsewhere it led to a 404."""
    company = build.company()
    east, west = build.site(company, "东站"), build.site(company, "西站")
    wide = build.role(company, "property.view_owner", "property.view_room", scope=DataScope.COMPANY_BELOW)
    narrow = build.role(
        company, "property.request_owner_change", "property.request_room_change", scope=DataScope.OFFICE_BELOW
    )
    client.force_login(build.user("bob", east, wide, narrow))
    for site in (east, west):
        there = build.unit(build.building(build.community(site, f"{site}小区")))
        build.room(there, owner=build.owner(site, f"{site}业主"))
    for address, words in (("/a/property/owners/", "编辑"), (ROOMS, "过户")):
        rows = client.get(address).context["rows"]
        offered = {row.cells[1].text: words in {label for label, *_ in row.actions} for row in rows}
        assert offered in ({"东站业主": True, "西站业主": False}, {"东站小区": True, "西站小区": False})
    for owner in Owner.objects.all():
        buttons = client.get(f"/a/property/owners/{owner.pk}/").context["buttons"]
        assert ("编辑" in {action.label for action, _ in buttons}) == (owner.office_id == east.pk)
