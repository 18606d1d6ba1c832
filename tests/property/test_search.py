"""The search box: account, phone tail, name, address words; in scope only, and by indexes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from accounts.models import DataScope
from property.models import Owner, Room
from property.queries import search_rooms
from tests import build

pytestmark = pytest.mark.django_db
VIEW = "property.view_room"


@pytest.fixture
def town() -> dict[str, Any]:
    site = build.site(build.company())
    sun, moon = build.community(site, "阳光花园"), build.community(site, "月亮湾")
    rooms = {}
    for area, number, name, phone in (
        (sun, "501", "王五", "16000005678"),
        (sun, "1501", "欧阳娜娜", "16000001111"),
        (moon, "501", "王小五", "0531-87654321"),
    ):
        block = build.building(area, "3号楼") if not area.buildings.exists() else area.buildings.get()
        unit = block.units.first() or build.unit(block, "2单元")
        owner = build.owner(site, name, phone)
        rooms[name] = build.room(unit, number=number, owner=owner, account_no=f"0100{len(rooms):06d}")
    return {"user": build.user("bob", site, build.role(site.company, VIEW)), "site": site, **rooms}


def names(town: dict[str, Any], text: str) -> list[str]:
    return sorted(room.owner.name for room in search_rooms(town["user"], text, permission=VIEW))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0100000001", ["欧阳娜娜"]),
        ("01000000", ["王五", "欧阳娜娜", "王小五"]),
        ("０１００００００００", ["王五"]),
        ("5678", ["王五"]),
        ("4321", ["王小五"]),
        ("678", []),
        ("王", ["王五", "王小五"]),
        ("王五", ["王五"]),
        ("小五", ["王小五"]),
        ("欧阳娜", ["欧阳娜娜"]),
        ("欧阳娜娜", ["欧阳娜娜"]),
        ("娜阳", []),
        ("阳光", ["王五", "欧阳娜娜"]),
        ("阳光 3-2-501", ["王五"]),
        ("阳光 2-1501", ["欧阳娜娜"]),
        ("阳光 13-2-501", []),
        ("阳光花园3号楼2单元501", ["王五"]),
        ("3-2-501", ["王五", "王小五"]),
        ("2-1501", ["欧阳娜娜"]),
        ("3号楼2单元501", ["王五", "王小五"]),
        ("三号楼501室", ["王五", "王小五"]),
        ("阳光3号楼2单元501", ["王五"]),
        ("阳光3栋2单元501室", ["王五"]),
        ("阳光 3号楼2单元501", ["王五"]),
        ("阳光13号楼2单元501", []),
        ("3-2-0501", []),
        ("月亮湾 501", ["王小五"]),
        ("王 501 月亮", ["王小五"]),
        ("%", []),
        ("_五", []),
        ("'; DROP TABLE", []),
        ("王\x00五", ["王五"]),
        ("", []),
        ("王" * 500, []),
    ],
)
def test_what_a_resident_says_finds_the_room(town: dict[str, Any], text: str, found: list[str]) -> None:
    assert names(town, text) == sorted(found)


def test_a_second_phone_is_found_by_its_tail(town: dict[str, Any]) -> None:
    Owner.objects.filter(name="王五").update(phone2="16099992222")
    assert names(town, "2222") == ["王五"]


def test_rare_characters_and_latin_names_are_found_in_any_case(town: dict[str, Any]) -> None:
    for name in ("䶮", "𠮷田", "McDonald"):
        build.room(office=town["site"], owner=build.owner(town["site"], name))
    assert names(town, "䶮") == ["䶮"] and names(town, "𠮷") == ["𠮷田"] and names(town, "mcdon") == ["McDonald"]


def test_rooms_out_of_scope_are_not_found(town: dict[str, Any]) -> None:
    west = build.site(town["site"].company, "西城收费站")
    room = build.room(office=west, owner=build.owner(west, "王西"), account_no="0200000001")
    person = build.user("charlie", town["site"], build.role(town["site"], VIEW, scope=DataScope.OFFICE))
    for text in ("王西", "0200000001", room.owner.phone[-4:], room.community.name):
        assert room not in search_rooms(person, text, permission=VIEW)
        assert room in search_rooms(town["user"], text, permission=VIEW)


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ({"name__holds": "王"}, "owner_name_pieces"),
        ({"name__holds": "欧阳娜"}, "owner_name_pieces"),
        ({"name__begins": "王"}, "owner_first_character"),
        ({"phone__tail": "5678"}, "owner_phone_tail"),
    ],
)
def test_names_and_tails_are_read_through_their_index(condition: dict[str, str], index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in Owner.objects.filter(**condition).order_by().explain()
    assert index not in Owner.objects.filter(name__icontains="王").order_by().explain()


def test_an_account_begins_through_its_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "room_account" in Room.objects.filter(account_no__startswith="0100").order_by().explain()
