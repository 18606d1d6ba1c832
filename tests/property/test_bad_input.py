"""Odd, hostile input on the pages of 基础信息管理: taken as meant, or refused beside its field; never a 500."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from billing.models import Contract
from property.models import Building, Community, Owner, Room, Unit
from tests import build

pytestmark = pytest.mark.django_db
KINDS = ("owner", "community", "building", "unit", "room")
PERMISSIONS = [f"property.{deed}_{kind}" for kind in KINDS for deed in ("view", "add")]
PERMISSIONS += [f"property.{deed}_{kind}" for kind in KINDS[:4] for deed in ("delete",)]
PERMISSIONS += [f"property.change_{kind}" for kind in KINDS[1:4]]
NAMES = ["䶮", "𠮷", "王", "阿" * 40, "<script>alert(1)</script>", "<b>张三</b>", "=1+1", "+86", "@SUM(A1)", "-2+3",
         "O'Brien; DROP TABLE", "{{7*7}}", "张\u200b三\u202e", "ＡＢＣ公司", "%_\\"]  # fmt: skip


@pytest.fixture
def east(client: Client) -> Any:
    site = build.site(build.company())
    client.force_login(build.user("bob", site, build.role(site.company, *PERMISSIONS)))
    return site


@pytest.fixture
def unit(east: Any) -> Unit:
    return build.unit(build.building(build.community(east, "阳光小区"), "3号楼"), "2单元")


def owner(**changes: str) -> dict[str, str]:
    return {"name": "王五", "phone": "16000000001", "kind": "private", "relief": "normal"} | changes


def room(unit: Unit, /, **changes: str) -> dict[str, Any]:
    return {
        "number": "501", "floor_area": "89.55", "account_no": "0100000001", "community": unit.building.community_id,
        "building": unit.building_id, "unit": unit.pk, "owner_name": "李四", "owner_phone": "16000000002",
        "heat_state": "normal",
    } | changes  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_kept_shown_as_text_found_and_exported_as_text(east: Any, client: Client, name: str) -> None:
    assert client.post("/a/property/owners/add/", owner(name=name)).status_code == 302
    kept = Owner.objects.get().name
    assert kept == name.replace("\u200b", "").replace("\u202e", "").replace("ＡＢＣ", "ABC")
    page = client.get("/a/property/owners/", {"name": kept})
    assert len(page.context["rows"]) == 1
    assert "<script>alert" not in page.content.decode() and "<b>张三" not in page.content.decode()
    assert client.get(f"/a/property/owners/{Owner.objects.get().pk}/").status_code == 200
    answer = client.get("/a/property/owners/?export=xlsx")
    sheet = sheet_of(b"".join(answer))
    cells = [cell for line in sheet for cell in line if cell.value == kept]
    assert cells and all(cell.data_type == "s" for cell in cells)


def sheet_of(content: bytes) -> Any:
    return load_workbook(BytesIO(content)).active


@pytest.mark.parametrize("name", ["张　三", " 张 三 ", "张\n三", "张\u200b三"])
def test_a_name_typed_with_blanks_is_the_name_that_an_import_stores(east: Any, client: Client, name: str) -> None:
    assert client.post("/a/property/owners/add/", owner(name="张三")).status_code == 302
    assert client.post("/a/property/owners/add/", owner(name=name)).status_code == 422
    assert [o.name for o in Owner.objects.all()] == ["张三"]


def test_a_building_typed_in_full_width_is_the_same_building(east: Any, client: Client, unit: Unit) -> None:
    block = {"name": "３号楼", "community": unit.building.community_id, "system": "per_room"}
    assert client.post("/a/property/buildings/add/", block).status_code == 422
    assert Building.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "王" * 61, "\x00"])
def test_a_name_that_is_none_or_too_long_is_refused_beside_its_field(east: Any, client: Client, name: str) -> None:
    page = client.post("/a/property/owners/add/", owner(name=name))
    assert page.status_code == 422 and page.context["form"].errors["name"] and not Owner.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_places_bear_any_name_as_well(east: Any, client: Client, name: str) -> None:
    assert client.post("/a/property/communities/add/", {"name": name, "office": east.pk}).status_code == 302
    area = Community.objects.get()
    block = {"name": name, "community": area.pk, "system": "per_room"}
    assert client.post("/a/property/buildings/add/", block).status_code == 302
    there = {"name": name, "community": area.pk, "building": Building.objects.get().pk}
    assert client.post("/a/property/units/add/", there).status_code == 302
    made = room(Unit.objects.get(), number=name, owner_name=name)
    assert client.post("/a/property/rooms/add/", made).status_code == 302
    for address in ("communities/", "buildings/", "units/", f"places/?community={area.pk}"):
        page = client.get(f"/a/property/{address}").content.decode()
        assert "<script>alert" not in page and "<b>张三" not in page
    assert client.get("/a/property/rooms/", {"number": Room.objects.get().number}).context["rows"]


def test_one_phone_may_belong_to_two_people_but_one_person_comes_once(east: Any, client: Client) -> None:
    for name in ("王五", "王小五"):
        assert client.post("/a/property/owners/add/", owner(name=name)).status_code == 302
    page = client.post("/a/property/owners/add/", owner())
    assert "已有同名同电话的业主" in page.content.decode() and Owner.objects.count() == 2
    assert len(client.get("/a/property/owners/", {"phone": "0001"}).context["rows"]) == 2


def test_leading_zeros_of_accounts_stay_and_make_a_difference(unit: Unit, client: Client) -> None:
    for number, account in (("501", "000123"), ("502", "0000123"), ("503", "００１２３４")):
        assert client.post("/a/property/rooms/add/", room(unit, number=number, account_no=account)).status_code == 302
    assert set(Room.objects.values_list("account_no", flat=True)) == {"000123", "0000123", "001234"}
    page = client.post("/a/property/rooms/add/", room(unit, number="504", account_no="000123"))
    assert page.context["form"].errors["account_no"] == ["缴费账号已被使用"]
    sheet = sheet_of(b"".join(client.get("/a/property/rooms/?export=xlsx")))
    assert {"000123", "0000123", "001234"} <= {cell.value for line in sheet for cell in line}


@pytest.mark.parametrize("account", ["12345", "1" * 21, "12 34-56", "１.5E+10", "账号0001", "123456\x00"])
def test_an_account_that_is_none_is_refused(unit: Unit, client: Client, account: str) -> None:
    page = client.post("/a/property/rooms/add/", room(unit, account_no=account))
    assert page.status_code == 422 and page.context["form"].errors["account_no"] and not Room.objects.exists()


@pytest.mark.parametrize(
    "area", ["0", "0.00", "-5", "abc", "89.555", "100000.01", "1e3", "٣", "NaN", "1_000", "", "㎡"]
)
@pytest.mark.parametrize("field", ["floor_area", "inner_area"])
def test_an_area_that_is_none_is_refused_beside_its_field(unit: Unit, client: Client, field: str, area: str) -> None:
    page = client.post("/a/property/rooms/add/", room(unit, **{field: area}))
    if field == "inner_area" and not area:
        assert page.status_code == 302
        return
    assert page.status_code == 422 and page.context["form"].errors[field] and not Room.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("89.5㎡", "89.50"),
        ("89.5 m2", "89.50"),
        ("８９．５", "89.50"),
        ("1,089.5平方米", "1089.50"),
        ("89.5平", "89.50"),
    ],
)
def test_an_area_with_its_unit_is_the_number(unit: Unit, client: Client, typed: str, kept: str) -> None:
    assert client.post("/a/property/rooms/add/", room(unit, floor_area=typed)).status_code == 302
    assert str(Room.objects.get().floor_area) == kept


def test_ids_that_are_none_or_foreign_choose_nothing(unit: Unit, client: Client) -> None:
    foreign = build.room(office=build.site(build.company("别家热力")))
    for field, value in (("unit", "x"), ("unit", "9" * 30), ("unit", foreign.unit_id), ("community", "-1"),
                         ("building", foreign.building_id)):  # fmt: skip
        page = client.post("/a/property/rooms/add/", room(unit, **{field: str(value)}))
        assert page.status_code == 422, field
    assert Room.objects.count() == 1


def test_nothing_new_comes_into_what_is_switched_off(unit: Unit, client: Client) -> None:
    area = unit.building.community
    assert client.post(f"/a/property/communities/{area.pk}/active/").status_code == 302
    for address in ("buildings", "units", "rooms"):
        form = client.get(f"/a/property/{address}/add/").context["form"]
        assert area not in form.fields["community"].queryset
    assert client.post("/a/property/rooms/add/", room(unit)).status_code == 422
    page = client.get("/a/property/communities/?active=no").content.decode()
    assert "阳光小区" in page and "启用" in page
    client.post(f"/a/property/communities/{area.pk}/active/")
    assert client.post("/a/property/rooms/add/", room(unit)).status_code == 302


def test_a_switched_off_owner_gets_no_new_room(unit: Unit, client: Client, east: Any) -> None:
    gone = build.owner(east, "李四", "16000000002", active=False)
    page = client.post("/a/property/rooms/add/", room(unit))
    assert f"编号 {gone.number}）已停用" in page.context["form"].errors["owner_name"][0]


def test_what_has_been_used_is_not_deleted_but_told_so(unit: Unit, client: Client) -> None:
    client.post("/a/property/rooms/add/", room(unit))
    home = Room.objects.get()
    places = {"communities": unit.building.community_id, "buildings": unit.building_id, "units": unit.pk}
    for address, pk in places.items():
        assert (
            "还有 1 户，不能删除；不再使用时请停用"
            in client.post(f"/a/property/{address}/{pk}/delete/").content.decode()
        )
    said = client.post(f"/a/property/owners/{home.owner_id}/delete/").content.decode()
    assert "1 个户室" in said and "请停用" in said
    assert Room.objects.exists() and not Contract.objects.exists()


def test_the_manager_of_a_community_is_of_the_company_and_shown(east: Any, client: Client) -> None:
    overseer = build.role(east.company, "property.view_room", scope="jurisdiction")
    paul = build.user("paul", east, overseer, name="保罗")
    stranger = build.user("zoe", build.site(build.company("别家热力")), overseer)
    form = client.get("/a/property/communities/add/").context["form"]
    assert list(form.fields["manager"].queryset) == [paul]
    data = {"name": "阳光小区", "office": east.pk}
    assert client.post("/a/property/communities/add/", data | {"manager": stranger.pk}).status_code == 422
    assert client.post("/a/property/communities/add/", data | {"manager": paul.pk}).status_code == 302
    assert "保罗" in client.get("/a/property/communities/").content.decode()
    paul.groups.clear()
    edit = f"/a/property/communities/{Community.objects.get().pk}/edit/"
    assert client.post(edit, {"name": "阳光花园", "manager": paul.pk}).status_code == 302
    assert Community.objects.get().manager == paul
