"""业主, 小区, 楼幢, 单元, 户室 through the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heating.audit.models import Record
from property.models import Building, Community, Owner, Room, Unit
from tests import build

pytestmark = pytest.mark.django_db
PERMISSIONS = [
    f"property.{deed}_{m}" for deed in ("view", "add", "change", "delete") for m in ("community", "building", "unit")
]
PERMISSIONS += ["property.view_owner", "property.add_owner", "property.view_room", "property.add_room"]
LISTS = [
    "/a/property/owners/",
    "/a/property/communities/",
    "/a/property/buildings/",
    "/a/property/units/",
    "/a/property/rooms/",
]


@pytest.fixture
def east(client: Client) -> Any:
    site = build.site(build.company())
    client.force_login(build.user("bob", site, build.role(site.company, *PERMISSIONS)))
    return site


def owner_data(**changes: str) -> dict[str, str]:
    return {"name": "张　三\u200b", "phone": "160-0000 0001", "kind": "private", "relief": "low_income"} | changes


def test_owner_is_added_at_once_with_a_tidied_phone(east: Any, client: Client) -> None:
    assert client.post("/a/property/owners/add/", owner_data()).status_code == 302
    owner = Owner.objects.get()
    assert (owner.name, owner.phone, owner.relief, owner.office) == ("张三", "16000000001", "low_income", east)
    again = client.post("/a/property/owners/add/", owner_data())
    assert "已有同名同电话的业主" in again.content.decode() and Owner.objects.count() == 1
    assert Record.objects.filter(event="owner.add").count() == 1


@pytest.mark.parametrize("phone", ["12345", "1.38E+10", "160000000011", "无", "\x00", "5551234"])
def test_odd_phones_are_refused_beside_the_field(east: Any, client: Client, phone: str) -> None:
    page = client.post("/a/property/owners/add/", owner_data(phone=phone))
    assert page.status_code == 422 and page.context["form"].errors["phone"]


def test_the_four_levels_are_added_one_below_the_other(east: Any, client: Client) -> None:
    client.post("/a/property/communities/add/", {"name": "阳光小区", "office": east.pk})
    community = Community.objects.get()
    client.post("/a/property/buildings/add/", {"name": "3号楼", "community": community.pk, "system": "per_room"})
    building = Building.objects.get()
    client.post("/a/property/units/add/", {"name": "2单元", "community": community.pk, "building": building.pk})
    unit = Unit.objects.get()
    data = {
        "number": "501", "inner_area": "71.64", "floor_area": "８９．５５", "account_no": "0100000001",
        "community": community.pk, "building": building.pk, "unit": unit.pk, "owner_name": "李四",
        "owner_phone": "0531-12345678", "heat_state": "normal",
    }  # fmt: skip
    assert client.post("/a/property/rooms/add/", data).status_code == 302
    room = Room.objects.get()
    assert (
        room.address == "阳光小区3号楼2单元501"
        and str(room.floor_area) == "89.55"
        and room.owner.phone == "0531-12345678"
    )
    taken = client.post("/a/property/rooms/add/", data | {"number": "502"})
    assert "缴费账号已被使用" in taken.content.decode()
    same = client.post("/a/property/rooms/add/", data | {"account_no": "0100000002"})
    assert "该单元已有此户室号" in same.content.decode()
    assert Room.objects.count() == 1


def test_choosing_a_community_lists_its_buildings_without_saving(east: Any, client: Client) -> None:
    mine, other = build.community(east, "甲小区"), build.community(east, "乙小区")
    block = build.building(mine, "1号楼")
    build.building(other, "9号楼")
    page = client.post("/a/property/units/add/", {"refresh": "1", "community": mine.pk, "name": "1单元"})
    assert list(page.context["form"].fields["building"].queryset) == [block]
    assert "1单元" in page.content.decode() and not Unit.objects.exists()


def test_a_renamed_community_takes_its_rooms_along(east: Any, client: Client) -> None:
    room = build.room(office=east)
    area = room.community
    client.post(f"/a/property/communities/{area.pk}/edit/", {"name": "新名小区", "office": east.pk})
    room.refresh_from_db()
    assert room.address.startswith("新名小区1号楼") and room.sort_key.startswith("新名小区|")


def test_used_places_are_not_deleted(east: Any, client: Client) -> None:
    room = build.room(office=east)
    page = client.post(f"/a/property/communities/{room.community_id}/delete/", {})
    assert "还有 1 户" in page.content.decode() and Community.objects.exists()
    empty = build.community(east, "空小区")
    client.post(f"/a/property/communities/{empty.pk}/delete/", {})
    assert not Community.objects.filter(pk=empty.pk).exists()


def test_foreign_places_do_not_exist(east: Any, client: Client) -> None:
    foreign = build.room(office=build.site(build.company("别家热力")))
    for address in (f"/a/property/communities/{foreign.community_id}/edit/", f"/a/property/owners/{foreign.owner_id}/"):
        assert client.get(address).status_code == 404
    page = client.post(
        "/a/property/buildings/add/", {"name": "1", "community": foreign.community_id, "system": "per_room"}
    )
    assert page.status_code == 422 and Building.objects.count() == 1


def test_phones_are_masked_without_the_permission(east: Any, client: Client) -> None:
    build.room(office=east, owner=build.owner(east, "王五", "16012345678"))
    for address in ("/a/property/owners/", "/a/property/rooms/"):
        page = client.get(address).content.decode()
        assert "160****5678" in page and "16012345678" not in page


@pytest.mark.parametrize("address", LISTS)
def test_lists_cost_the_same_with_one_row_and_with_three(east: Any, client: Client, address: str) -> None:
    build.room(office=east)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert len(client.get(address).context["rows"]) == 1
    for _ in range(2):
        build.room(office=east)
    with CaptureQueriesContext(connection) as three:
        assert len(client.get(address).context["rows"]) == 3
    assert len(one) == len(three)
    answer = client.get(address + "?export=xlsx")
    assert answer.status_code == 200
    answer.close()
