"""角色管理, step by step, in Chromium, by the words on the page; then 分配用户 and 辖区."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from accounts.models import Role, User
from accounts.models.data_scope import places_of_users
from heating.standard_roles import COMPANY_ADMIN
from tests import build
from tests.browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shoot(page: Page, name: str) -> None:
    """Keep a picture for the eye."""
    folder = settings.VAR_DIR / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def choose(page: Page, row: str, deed: str) -> None:
    """Open the menu of a row and click a word of it."""
    line = page.get_by_role("row").filter(has_text=row)
    line.get_by_role("button", name="操作").click()
    line.get_by_role("link", name=deed, exact=True).click()


@pytest.fixture
def boss(transactional_db: None) -> User:
    red = build.company("红日热力公司")
    return build.user("boss", red, build.role(red, *COMPANY_ADMIN.permissions, title="管理员"))


def test_six_steps_of_the_manual(page: Page, live: str, boss: User) -> None:
    sign_in(page, live, boss)
    page.goto(f"{live}/a/")
    page.get_by_role("button", name="系统设置").click()
    page.get_by_role("link", name="角色管理").click()
    page.get_by_role("link", name="新增").click()
    page.get_by_label("归属机构").select_option(label="红日热力公司")
    page.get_by_label("角色名称").fill("窗口收费")
    assert page.get_by_label("角色类型").locator("option").all_inner_texts() == ["任务分配", "管理角色", "普通角色"]
    page.get_by_label("角色类型").select_option(label="普通角色")
    page.get_by_label("数据范围").select_option(label="所在部门及以下数据")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("请点“分配”设置菜单")
    page.get_by_role("link", name="分配", exact=True).click()
    expect(page.get_by_role("heading", name="分配角色菜单")).to_be_visible()
    page.get_by_label("查看 缴费订单").check()
    page.get_by_role("button", name="全选 单元").click()
    shoot(page, "role-assign")
    page.get_by_role("button", name="保存").click()
    role = Role.objects.get(title="窗口收费")
    unit = {f"{deed}_unit" for deed in ("view", "add", "change", "delete")}
    assert set(role.permissions.values_list("codename", flat=True)) == {"view_order"} | unit
    expect(page.get_by_role("heading", name="窗口收费", exact=True).first).to_be_visible()
    page.goto(f"{live}/a/accounts/roles/")
    choose(page, "窗口收费", "编辑")
    page.get_by_label("角色名称").fill("窗口收费员")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="窗口收费员").click()
    expect(page.get_by_role("rowheader", name="缴费订单 菜单：缴费订单管理")).to_be_visible()
    shoot(page, "role-detail")
    page.go_back()
    choose(page, "窗口收费员", "删除")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("status")).to_contain_text("角色已删除")
    assert not Role.objects.filter(pk=role.pk).exists()


@pytest.fixture(params=["with scripts", "without scripts"])
def either(request: pytest.FixtureRequest, page: Page, chromium: Browser) -> Any:
    if request.param == "with scripts":
        yield page
        return
    context = chromium.new_context(locale="zh-CN", java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_users_and_places_are_searched_ticked_and_saved(either: Page, live: str, boss: User) -> None:
    page, east = either, build.site(boss.office)
    role = build.role(boss.office, "billing.view_order", scope="jurisdiction", title="片区管理")
    alice = build.user("alice", east, name="安娜")
    for name in ("阳光小区", "月光小区"):
        build.building(build.community(east, name), "3号楼")
    sign_in(page, live, boss)
    page.goto(f"{live}/a/accounts/roles/{role.pk}/users/")
    page.get_by_label("姓名或登录名").fill("安")
    page.get_by_role("button", name="查询").click()
    page.get_by_label("alice 安娜").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="用户已分配")).to_be_visible()
    assert list(role.user_set.all()) == [alice]
    page.goto(f"{live}/a/accounts/users/{alice.pk}/places/")
    page.get_by_label("阳光小区 整个小区").check()
    page.get_by_role("button", name="保存").click()
    page.get_by_label("小区名称").fill("月光")
    page.get_by_label("楼幢名称").fill("3")
    page.get_by_role("button", name="查询").click()
    page.get_by_label("月光小区 3号楼").check()
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="重置").click()
    shoot(page, "user-places")
    held = places_of_users([alice.pk])
    assert (len(held.communities), len(held.buildings)) == (1, 1)
    page.get_by_label("阳光小区 整个小区").uncheck()
    page.get_by_role("button", name="保存").click()
    assert not places_of_users([alice.pk]).communities
    page.goto(f"{live}/a/accounts/users/{alice.pk}/")
    expect(page.get_by_text("月光小区 3号楼")).to_be_visible()
    shoot(page, "user-detail")


def test_the_title_of_a_role_is_readable_on_a_phone(page: Page, live: str, boss: User) -> None:
    """Four buttons beside it had squeezed it to one character a line."""
    role = build.role(boss.office, title="西苑小区缴费专员", scope="jurisdiction")
    sign_in(page, live, boss)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live}/a/accounts/roles/{role.pk}/")
    box = page.get_by_role("heading", name="西苑小区缴费专员").bounding_box()
    assert box is not None and box["height"] < 60
