"""The warning before the session ends, and what was typed coming back after the next sign-in."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from tests import build
from tests.browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clerk(transactional_db: None) -> Any:
    site = build.site(build.company("滨海热力有限公司"), "港湾路供热站")
    return build.user("dora", site, build.role(site.company, "property.add_owner", "property.view_owner"))


def test_typed_words_survive_the_end_of_the_session(page: Page, live: str, clerk: Any) -> None:
    sign_in(page, live, clerk)
    page.goto(f"{live}/a/property/owners/add/")
    page.get_by_label("用户姓名").fill("欧阳长青")
    Session.objects.all().delete()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("没有收款，也没有保存")).to_be_visible()
    sign_in(page, live, clerk)
    page.goto(f"{live}/a/property/owners/add/")
    expect(page.get_by_label("用户姓名")).to_have_value("欧阳长青")
    expect(page.get_by_role("alert")).to_contain_text("已恢复")
    page.goto(f"{live}/a/property/owners/add/")
    expect(page.get_by_label("用户姓名")).to_have_value("")


def test_two_minutes_before_the_end_a_press_goes_on(page: Page, live: str, clerk: Any) -> None:
    sign_in(page, live, clerk)
    page.clock.install()
    page.goto(f"{live}/a/property/owners/add/")
    idle = int(page.locator("body").get_attribute("data-idle") or 0)
    assert idle >= 900
    page.clock.fast_forward((idle - 100) * 1000)
    page.get_by_role("button", name="继续使用").click()
    expect(page.get_by_role("button", name="继续使用")).to_have_count(0)
    page.clock.fast_forward((idle + 10) * 1000)
    expect(page.get_by_role("alert")).to_contain_text("已因长时间没有操作退出登录")
