"""基础信息管理 without scripts and with other data, and a 楼幢 that moves or is 停用, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from property.models import Building, Room
from tests import build
from tests.browser import sign_in
from tests.property.test_manual_in_chromium import PERMISSIONS, open_menu, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHANGE = [f"property.{deed}_{kind}" for kind in ("community", "building", "unit") for deed in ("change", "delete")]


@pytest.fixture
def site(transactional_db: None) -> Any:
    return build.site(build.company("滨海热力有限公司"), "港湾路供热站")


@pytest.fixture
def plain(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that runs no scripts."""
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    yield context.new_page()
    context.close()


def add(page: Page, address: str, **fields: str) -> None:
    """Fill the add form by its labels, top down; choosing a place above asks for those below by the button."""
    page.goto(address)
    for label, value in fields.items():
        field = page.get_by_label(label, exact=True)
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(label=value)
            if label in ("小区", "楼幢") and page.get_by_role("button", name="选好上级后点此列出下级").count():
                page.get_by_role("button", name="选好上级后点此列出下级").click()
        else:
            field.fill(value)
    page.get_by_role("button", name="确定", exact=True).click()


def test_the_four_levels_are_added_without_scripts(plain: Page, live: str, site: Any) -> None:
    sign_in(plain, live, build.user("dora", site, build.role(site.company, *PERMISSIONS)))
    root = f"{live}/a/property"
    add(plain, f"{root}/communities/add/", 小区名称="𠮷祥里二期", 所属机构="港湾路供热站", 地址="港湾路 8 号")
    expect(plain.get_by_role("cell", name="𠮷祥里二期")).to_be_visible()
    add(plain, f"{root}/buildings/add/", 楼幢名称="十二号楼", 小区="𠮷祥里二期", 层数="18")
    expect(plain.get_by_role("cell", name="十二号楼")).to_be_visible()
    add(plain, f"{root}/units/add/", 单元名称="东单元", 小区="𠮷祥里二期", 楼幢="十二号楼")
    expect(plain.get_by_role("cell", name="东单元")).to_be_visible()
    add(
        plain,
        f"{root}/rooms/add/",
        户室号或门牌号="1803",
        户室面积="101.2㎡",
        建筑面积="1２6.50",
        缴费账号="BH00001803",
        小区="𠮷祥里二期",
        楼幢="十二号楼",
        单元="东单元",
        业主姓名="欧阳䶮",
        业主电话="+86 160-0000-7777",
    )
    expect(plain.get_by_role("cell", name="BH00001803")).to_be_visible()
    room = Room.objects.select_related("owner").get()
    assert (room.address, str(room.floor_area), str(room.inner_area)) == (
        "𠮷祥里二期十二号楼东单元1803",
        "126.50",
        "101.20",
    )
    assert (room.owner.name, room.owner.phone) == ("欧阳䶮", "16000007777")


def test_a_building_is_moved_after_a_look_at_what_goes_along(page: Page, live: str, site: Any) -> None:
    room = build.room(office=site)
    target = build.community(build.site(site.company, "西城收费站"), "西苑小区")
    build.order(build.contract(room, build.product(build.season(site))), on=build.date(2025, 11, 20))
    sign_in(page, live, build.user("dora", site, build.role(site.company, *PERMISSIONS, *CHANGE)))
    page.goto(f"{live}/a/")
    open_menu(page, "基础信息管理", "楼幢列表")
    page.get_by_role("row", name=room.building.name).get_by_role("button").click()
    shoot(page, "building-menu")
    page.get_by_role("link", name="迁移到其他小区").click()
    for words in ("1 户", "1 张", "2149.20 元"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    page.get_by_label("新的小区").select_option("西苑小区")
    shoot(page, "building-move")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("status")).to_contain_text("已迁移")
    assert Building.objects.get().community == target
    shoot(page, "building-list")


def test_a_unit_chooses_its_new_building_step_by_step(page: Page, live: str, site: Any) -> None:
    unit = build.room(office=site).unit
    block = build.building(build.community(site, "西苑小区"), "8号楼")
    sign_in(page, live, build.user("dora", site, build.role(site.company, *PERMISSIONS, *CHANGE)))
    page.goto(f"{live}/a/property/units/{unit.pk}/move/")
    page.get_by_label("小区", exact=True).select_option("西苑小区")
    page.get_by_label("新的楼幢").select_option("8号楼")
    expect(page.get_by_text("现在属于")).to_be_visible()
    shoot(page, "unit-move")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("status")).to_contain_text("已迁移")
    assert Room.objects.get().building == block


def test_a_community_is_switched_off_and_on_again(page: Page, live: str, site: Any) -> None:
    area = build.community(site, "旧厂家属院", manager=build.user("paul", site, name="保罗"))
    sign_in(page, live, build.user("dora", site, build.role(site.company, *PERMISSIONS, *CHANGE)))
    for words, state in (("停用", "停用"), ("启用", "启用")):
        page.goto(f"{live}/a/property/communities/")
        page.get_by_role("row", name=area.name).get_by_role("button").click()
        page.get_by_role("link", name=words, exact=True).click()
        page.get_by_role("button", name="确定").click()
        expect(page.get_by_role("cell", name=state, exact=True)).to_be_visible()
    shoot(page, "community-list")
    page.goto(f"{live}/a/property/owners/")
    shoot(page, "owner-list-due")
    page.goto(f"{live}/a/property/places/?community={area.pk}")
    shoot(page, "tree-open")
