"""A whole building at once, and the tree of places."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from property.models import Building, Owner, Room, Unit
from property.rules import planned_rooms
from tests import build

VIEW = [f"property.view_{thing}" for thing in ("community", "building", "unit", "room")]
ADD = [f"property.add_{thing}" for thing in ("community", "building", "unit", "room")]


@pytest.fixture
def area(db: None, client: Client) -> Any:
    site = build.site(build.company())
    client.force_login(build.user("bob", site, build.role(site.company, *VIEW, *ADD)))
    return build.community(site, "阳光小区")


def data(area: Any, **changes: Any) -> dict[str, Any]:
    return {
        "community": area.pk, "name": "10号楼", "units": "2", "floors": "11", "per_floor": "2", "floor_area": "89.55",
        "first_account": "A0100099", "owner_name": "红日置业", "owner_phone": "0531-12345678", "system": "per_room",
    } | changes  # fmt: skip


def test_rooms_are_numbered_by_floor_and_accounts_count_on() -> None:
    plan = planned_rooms(units=2, floors=11, per_floor=2, first_account="A0100099")
    assert [(p.unit, p.floor, p.number, p.account_no) for p in (plan[0], plan[1], plan[21], plan[22])] == [
        (1, 1, "101", "A0100099"),
        (1, 1, "102", "A0100100"),
        (1, 11, "1102", "A0100120"),
        (2, 1, "101", "A0100121"),
    ]
    assert len({p.account_no for p in plan}) == 44
    for first in ("ABCDEF", "A99"):
        with pytest.raises(ValueError):
            planned_rooms(units=1, floors=2, per_floor=1, first_account=first)


def test_the_preview_makes_nothing_and_confirming_makes_all(area: Any, client: Client) -> None:
    page = client.post("/a/property/buildings/fill/", data(area, preview="1")).content.decode()
    assert "共 44 户" in page and "A0100142" in page and not Building.objects.exists()
    assert client.post("/a/property/buildings/fill/", data(area)).status_code == 302
    assert (Unit.objects.count(), Room.objects.count(), Owner.objects.count()) == (2, 44, 1)
    rooms = list(Room.objects.order_by("sort_key").values_list("address", "floor"))
    assert rooms[0] == ("阳光小区10号楼1单元101", 1) and rooms[-1] == ("阳光小区10号楼2单元1102", 11)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"units": "20", "floors": "99", "per_floor": "30"}, "per_floor"),
        ({"first_account": "999999"}, "first_account"),
        ({"first_account": "A0100077"}, "first_account"),
        ({"floor_area": "0"}, "floor_area"),
        ({"name": "1号楼"}, "name"),
    ],
)
def test_a_building_that_cannot_be_filled_leaves_nothing(area: Any, client: Client, changes: Any, field: str) -> None:
    build.room(build.unit(build.building(area)), account_no="A0100090")
    page = client.post("/a/property/buildings/fill/", data(area, **changes))
    assert page.context["form"].errors[field] and Room.objects.count() == 1 and Building.objects.count() == 1


def test_the_tree_opens_one_branch_with_counts(area: Any, client: Client) -> None:
    for name in ("10号楼", "2号楼"):
        client.post("/a/property/buildings/fill/", data(area, name=name, first_account=f"B{name[:-2]:0>2}0001"))
    foreign = build.room(office=build.site(build.company("别家热力")))
    first, second = area.buildings.order_by("sort_key")
    assert first.name == "2号楼"
    address = f"/a/property/places/?community={area.pk}&building={second.pk}&unit={second.units.first().pk}"
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address).content.decode()
    assert "2 幢 · 88 户" in page and page.index("2号楼") < page.index("10号楼") and "1102" in page
    assert len(queries) < 22
    other = f"/a/property/places/?community={foreign.community_id}&unit={foreign.unit_id}"
    assert foreign.account_no not in client.get(other).content.decode()
    assert client.get("/a/property/places/?community=9" + "9" * 30 + "&unit=x&name=%00").status_code == 200
