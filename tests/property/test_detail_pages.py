"""The owner's and the room's page: everything that the permissions allow, and nothing outside the scope."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from payments.services import take_payment
from payments.services.take import Till
from property.models import Room
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
PHONE = "16012345678"
PERMISSIONS = ("property.view_owner", "property.view_room", "property.add_owner")
MONEY = ("billing.view_contract", "billing.view_order", "payments.view_payment", "property.view_changerequest")


@pytest.fixture
def home() -> Any:
    east = build.site(build.company())
    room = build.room(office=east, owner=build.owner(east, "王五", PHONE))
    order = build.order(build.contract(room, build.product(build.season(east))), on=NOW.date())
    take_payment(room.pk, Till(uuid4(), "cash", Decimal("100.00")), actor=build.cashier(east), now=NOW)
    return room, order


def sign_in(client: Client, room: Any, *permissions: str) -> None:
    client.force_login(build.user("dora", room.office, build.role(room.company, *PERMISSIONS, *permissions)))


def test_owner_and_room_show_contract_order_and_payment(home: Any, client: Client) -> None:
    room, order = home
    sign_in(client, room, *MONEY)
    for address in (f"/a/property/owners/{room.owner_id}/", f"/a/property/rooms/{room.pk}/"):
        page = client.get(address)
        shown = page.content.decode()
        assert order.number in shown and order.contract.number in shown and "100.00" in shown and "王五" in shown
        assert PHONE not in shown and "160****5678" in shown


def test_sections_of_other_permissions_are_not_there(home: Any, client: Client) -> None:
    room, order = home
    sign_in(client, room)
    shown = client.get(f"/a/property/owners/{room.owner_id}/").content.decode()
    assert room.account_no in shown and order.number not in shown and "缴费记录" not in shown


def test_related_rows_outside_the_scope_stay_hidden(home: Any, client: Client) -> None:
    room, _ = home
    foreign = build.room(office=build.site(room.company, "西城收费站"), owner=room.owner)
    client.force_login(build.user("dora", room.office, build.role(room.office, *PERMISSIONS, scope="office")))
    shown = client.get(f"/a/property/owners/{room.owner_id}/").content.decode()
    assert room.account_no in shown and foreign.account_no not in shown
    assert client.get(f"/a/property/rooms/{foreign.pk}/").status_code == 404


def test_the_pages_cost_the_same_with_one_order_and_with_three(home: Any, client: Client) -> None:
    room, _ = home
    sign_in(client, room, *MONEY)
    for address in (f"/a/property/owners/{room.owner_id}/", f"/a/property/rooms/{room.pk}/"):
        client.get(address)
        with CaptureQueriesContext(connection) as one:
            client.get(address)
        for year in (2022, 2023):
            if address.endswith(f"owners/{room.owner_id}/"):
                build.old_debt(room, build.season(room.office, year, current=False), "10.00")
        with CaptureQueriesContext(connection) as three:
            client.get(address)
        assert len(one) == len(three)


def test_a_developer_with_many_rooms_gets_the_first_hundred(home: Any, client: Client) -> None:
    room, _ = home
    for n in range(100):
        build.room(room.unit, number=f"X{n}", owner=room.owner)
    sign_in(client, room)
    page = client.get(f"/a/property/owners/{room.owner_id}/")
    assert len(page.context["blocks"][1]["rows"]) == 100 and "只列出前 100 条" in page.content.decode()


def test_an_unknown_data_scope_sees_nothing(home: Any, client: Client) -> None:
    room, _ = home
    lost = build.user("lost", room.office, build.role(room.company, *PERMISSIONS, scope="nonsense"))
    client.force_login(lost)
    assert client.get(f"/a/property/rooms/{room.pk}/").status_code == 404
    assert not Room.objects.visible_to(lost, "property.view_room").exists()
