"""机构管理, step by step, in Chromium, by the words on the page."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from org.models import Office
from tests import build
from tests.browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def shoot(page: Page, name: str) -> None:
    """Keep a picture for the eye."""
    folder = settings.VAR_DIR / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")


def test_eleven_steps_of_the_manual(page, live):
    red = build.company()
    permissions = [f"org.{deed}_office" for deed in ("view", "add", "change", "delete")]
    sign_in(page, live, build.user("boss", red, build.role(red, *permissions)))
    page.goto(f"{live}/a/")
    page.get_by_role("button", name="系统设置").click()
    page.get_by_role("link", name="机构管理").click()
    page.get_by_role("link", name="新增").click()
    page.get_by_label("上级机构").select_option(label=red.name)
    page.get_by_label("机构名称").fill("南城收费站")
    page.get_by_label("机构类型").select_option(label="站点")
    page.get_by_label("机构级别").select_option(label="二级")
    shoot(page, "office-form")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="刷新").click()
    tree = page.get_by_role("region", name="机构树")
    expect(tree.get_by_text("南城收费站")).to_be_visible()
    page.get_by_role("link", name="添加下级机构 南城收费站").click()
    page.get_by_label("机构名称").fill("收费组")
    page.get_by_label("机构类型").select_option(label="部门")
    page.get_by_role("button", name="保存").click()
    expect(tree.get_by_text("收费组")).to_be_visible()
    shoot(page, "office-tree")
    page.get_by_role("link", name="编辑 收费组").click()
    page.get_by_label("机构名称").fill("收费一组")
    page.get_by_role("button", name="保存").click()
    expect(tree.get_by_text("收费一组")).to_be_visible()
    page.get_by_role("link", name="收起 南城收费站").click()
    expect(tree.get_by_text("收费一组")).to_be_hidden()
    page.get_by_role("link", name="展开 南城收费站").click()
    page.get_by_role("link", name="删除 收费一组").click()
    page.get_by_role("button", name="删除").click()
    expect(page.get_by_text("机构已删除")).to_be_visible()
    assert set(Office.objects.values_list("name", flat=True)) == {red.name, "南城收费站"}
