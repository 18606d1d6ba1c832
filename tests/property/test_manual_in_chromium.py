"""基础信息管理, step by step, in Chromium, by the words on the page."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from property.models import Owner, Room
from tests import build
from tests.browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLACES = ("community", "building", "unit", "room")
PERMISSIONS = [f"property.{deed}_{m}" for deed in ("view", "add") for m in ("owner", *PLACES)]
ASK = ("property.request_owner_change", "property.request_room_change", "property.view_changerequest")


def shoot(page: Page, name: str) -> None:
    """Keep a picture for the eye."""
    folder = settings.VAR_DIR / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def open_menu(page: Page, *words: str) -> None:
    """Click the module if it is folded, then the page."""
    menu = page.get_by_role("navigation", name="主菜单")
    module = menu.get_by_role("button", name=words[0])
    if module.get_attribute("aria-expanded") != "true":
        module.click()
    menu.get_by_role("link", name=words[-1], exact=True).click()


@pytest.fixture
def site(transactional_db: None) -> Any:
    return build.site(build.company())


def test_owner_steps(page: Page, live: str, site: Any) -> None:
    sign_in(page, live, build.user("bob", site, build.role(site.company, *PERMISSIONS)))
    page.goto(f"{live}/a/")
    open_menu(page, "基础信息管理", "业主信息")
    expect(page.get_by_role("heading", name="业主管理")).to_be_visible()
    page.get_by_role("link", name="新增").first.click()
    page.get_by_label("用户姓名").fill("䶮小龙")
    page.get_by_label("联系电话").fill("160 0000 0001")
    for label, words in (("用户类型", ("私户", "公户")), ("优抚类型", ("普通", "低保户", "特审户"))):
        assert [o.strip() for o in page.get_by_label(label).locator("option").all_inner_texts()] == list(words)
    page.get_by_label("用户类型").select_option("私户")
    page.get_by_label("优抚类型").select_option("低保户")
    shoot(page, "owner-add")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("业主已添加")
    expect(page.get_by_role("cell", name="䶮小龙")).to_be_visible()
    expect(page.get_by_role("cell", name="160****0001")).to_be_visible()
    shoot(page, "owner-list")
    owner = Owner.objects.get()
    assert (owner.phone, owner.relief) == ("16000000001", "low_income")


def test_community_building_unit_and_room_steps(page: Page, live: str, site: Any) -> None:
    sign_in(page, live, build.user("bob", site, build.role(site.company, *PERMISSIONS)))
    page.goto(f"{live}/a/")
    open_menu(page, "基础信息管理", "小区列表")
    page.get_by_role("link", name="添加").first.click()
    page.get_by_label("小区名称").fill("阳光小区")
    page.get_by_label("所属机构").select_option(label=page.get_by_label("所属机构").locator("option").last.inner_text())
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("cell", name="阳光小区")).to_be_visible()

    open_menu(page, "基础信息管理", "楼幢列表")
    page.get_by_role("link", name="添加").first.click()
    page.get_by_label("楼幢名称").fill("3号楼")
    page.get_by_label("小区").select_option("阳光小区")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("cell", name="3号楼")).to_be_visible()

    open_menu(page, "基础信息管理", "单元列表")
    page.get_by_role("link", name="添加").first.click()
    page.get_by_label("单元名称").fill("2单元")
    page.get_by_label("小区").select_option("阳光小区")
    page.get_by_label("楼幢").select_option("3号楼")
    expect(page.get_by_label("单元名称")).to_have_value("2单元")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("cell", name="2单元")).to_be_visible()

    open_menu(page, "基础信息管理", "户室列表")
    page.get_by_role("link", name="添加").first.click()
    for label, text in (
        ("户室号或门牌号", "501"),
        ("户室面积", "71.64"),
        ("建筑面积", "８９．５５"),
        ("缴费账号", "0100000001"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("小区").select_option("阳光小区")
    page.get_by_label("楼幢").select_option("3号楼")
    page.get_by_label("单元", exact=True).select_option("2单元")
    page.get_by_label("业主姓名").fill("李四")
    page.get_by_label("业主电话").fill("0531-12345678")
    shoot(page, "room-add")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("cell", name="0100000001")).to_be_visible()
    shoot(page, "room-list")
    room = Room.objects.get()
    assert (room.address, str(room.floor_area), room.owner.name) == ("阳光小区3号楼2单元501", "89.55", "李四")


def test_relief_asked_by_one_counts_when_another_approved(page: Page, live: str, site: Any) -> None:
    room = build.room(office=site, owner=build.owner(site, "王五", "16000005678"))
    order = build.order(build.contract(room, build.product(build.season(site))), on=build.date(2026, 11, 1))
    cashier = build.user("alice", site, build.role(site.company, *PERMISSIONS, *ASK))
    sign_in(page, live, cashier)
    page.goto(f"{live}/a/property/owners/")
    page.get_by_role("link", name=room.owner.number).click()
    page.goto(f"{live}/a/property/owners/{room.owner_id}/change/")
    page.get_by_label("优抚类型").select_option("低保户")
    page.get_by_label("优抚有效期起").fill("2020-11-01")
    page.get_by_label("优抚有效期止").fill("2090-10-31")
    page.get_by_label("申请原因").fill("新办低保证")
    page.get_by_role("button", name="提交审批").click()
    order.refresh_from_db()
    assert Owner.objects.get().relief == "normal" and order.line == "standard"

    approver = build.user("bob", site, build.role(site.company, *PERMISSIONS, *ASK, "property.approve_changerequest"))
    sign_in(page, live, approver)
    page.goto(f"{live}/a/")
    open_menu(page, "基础信息管理", "业主变更审批")
    page.get_by_role("link", name="BG").first.click()
    for words in ("普通", "低保户", "标准 2149.20", "优抚 1074.60"):
        expect(page.get_by_text(words, exact=True).first).to_be_visible()
    shoot(page, "change-approve")
    page.get_by_role("button", name="通过").click()
    expect(page.get_by_role("status")).to_contain_text("已生效")
    order.refresh_from_db()
    assert Owner.objects.get().relief == "low_income" and str(order.principal) == "1074.60"


def test_a_whole_building_is_seen_before_it_is_made(page: Page, live: str, site: Any) -> None:
    build.community(site, "阳光小区")
    sign_in(page, live, build.user("bob", site, build.role(site.company, *PERMISSIONS)))
    page.goto(f"{live}/a/property/buildings/fill/")
    page.get_by_label("小区").select_option("阳光小区")
    for label, text in (
        ("楼幢名称", "10号楼"),
        ("单元数", "2"),
        ("层数", "11"),
        ("每单元每层户数", "2"),
        ("每户建筑面积", "89.55"),
        ("起始缴费账号", "0100000001"),
        ("业主姓名", "红日置业"),
        ("业主电话", "0531-12345678"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="预览编号").click()
    expect(page.get_by_text("共 44 户")).to_be_visible()
    shoot(page, "whole-building")
    assert not Room.objects.exists()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("status")).to_contain_text("已添加")
    open_menu(page, "基础信息管理", "小区结构")
    page.get_by_role("link", name="阳光小区").click()
    page.get_by_role("link", name="10号楼").click()
    page.get_by_role("link", name="2单元").click()
    expect(page.get_by_text("1102")).to_be_visible()
    shoot(page, "tree")
