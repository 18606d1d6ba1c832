"""登录, step by step, in Chromium, by the words on the page."""

import re

import pytest
from captcha.models import CaptchaStore
from django.conf import settings
from playwright.sync_api import Page, expect

from tests import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def captcha_of(page: Page) -> str:
    """Read the picture that the page shows, as a person would."""
    key = page.locator("input[name=captcha_key]").input_value()
    assert key in page.get_by_alt_text("验证码").get_attribute("src")
    return CaptchaStore.objects.get(hashkey=key).response


def shoot(page: Page, name: str) -> None:
    """Keep a picture for the eye."""
    folder = settings.VAR_DIR / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)


@pytest.fixture
def alice(transactional_db):
    return build.cashier(build.site(build.company()))


def test_seven_steps_of_the_manual(page, live, alice):
    page.goto(f"{live}/a/login")
    page.get_by_label("登录名").fill("alice")
    page.get_by_label("密码").fill("mistake")
    page.get_by_label("验证码", exact=True).fill("xx")
    shoot(page, "login")
    page.get_by_role("button", name="重置").click()
    for label in ("登录名", "密码", "验证码"):
        expect(page.get_by_label(label, exact=True)).to_have_value("")
    page.get_by_label("登录名").fill("alice")
    page.get_by_label("密码").fill("alice-Pass-1")
    page.get_by_label("验证码", exact=True).fill(captcha_of(page))
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(r"/a/(?!login)"))
    page.get_by_role("button", name="alice").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/a/login")


def test_reset_clears_the_fields_after_a_refused_try_too(page, live, alice):
    page.goto(f"{live}/a/login")
    page.get_by_label("登录名").fill("alice")
    page.get_by_label("密码").fill("mistake")
    page.get_by_label("验证码", exact=True).fill(captcha_of(page))
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("锁定到次日 00:00")
    expect(page.get_by_label("登录名")).to_have_value("alice")
    shoot(page, "login-refused")
    page.get_by_role("button", name="重置").click()
    expect(page.get_by_label("登录名")).to_have_value("")


def test_click_on_the_picture_gives_another(page, live, alice):
    page.goto(f"{live}/a/login")
    page.get_by_label("登录名").fill("alice")
    page.get_by_label("密码").fill("alice-Pass-1")
    before = captcha_of(page)
    old = page.locator("input[name=captcha_key]").input_value()
    page.get_by_alt_text("验证码").click()
    expect(page.locator("input[name=captcha_key]")).not_to_have_value(old)
    expect(page.get_by_label("登录名")).to_have_value("alice")
    assert CaptchaStore.objects.filter(hashkey=old, response=before).exists()
    page.get_by_label("验证码", exact=True).fill(captcha_of(page).upper())
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(r"/a/(?!login)"))


def test_first_password_is_changed_at_once(page, live, alice):
    alice.must_change_password = True
    alice.save()
    page.goto(f"{live}/a/login")
    page.get_by_label("登录名").fill("alice")
    page.get_by_label("密码").fill("alice-Pass-1")
    page.get_by_label("验证码", exact=True).fill(captcha_of(page))
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/a/password")
    shoot(page, "password")
    page.get_by_label("原密码").fill("alice-Pass-1")
    page.get_by_label("新密码", exact=True).fill("Neu-4-alles")
    page.get_by_label("确认新密码").fill("Neu-4-alles")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("密码已修改")).to_be_visible()
