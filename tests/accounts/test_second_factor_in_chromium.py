"""动态口令登录 as a person does it: set up, sign out, sign in by code, once by a recovery code."""

import re
from base64 import b32decode

import pytest
from django_otp.oath import totp
from playwright.sync_api import Page, expect

from accounts.models import Authenticator, User
from tests import build
from tests.accounts.test_sign_in_in_chromium import captcha_of, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def give_password(page: Page, live: str, name: str = "alice") -> None:
    page.goto(f"{live}/a/login")
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码").fill(f"{name}-Pass-1")
    page.get_by_label("验证码", exact=True).fill(captcha_of(page))
    page.get_by_role("button", name="登录").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="alice").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/a/login")


def test_phone_is_set_up_and_asked_for(page: Page, live: str, transactional_db: None) -> None:
    build.cashier(build.site(build.company()))
    give_password(page, live)
    page.wait_for_url(re.compile(r"/a/$"))
    page.get_by_role("button", name="alice").click()
    page.get_by_role("link", name="动态口令登录").click()
    picture = page.get_by_alt_text("动态口令登录的二维码")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    shoot(page, "second-factor-set-up")
    key = page.locator("code").inner_text().replace(" ", "")
    page.get_by_label("登录密码").fill("alice-Pass-1")
    page.get_by_label("动态码").fill(f"{totp(b32decode(key)):06}")
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_text("只显示这一次")).to_be_visible()
    shoot(page, "second-factor-codes")
    recovery = page.locator("code").all_inner_texts()
    assert len(recovery) == 10
    page.get_by_role("link", name="我已保存，继续").click()
    page.wait_for_url(re.compile(r"/a/$"))
    sign_out(page)

    give_password(page, live)
    page.wait_for_url("**/a/login/code")
    shoot(page, "second-factor-asked")
    # The code of the set-up is used up, and nobody waits half a minute for the next.
    page.get_by_label("动态码").fill(f"{totp(b32decode(key)):06}")
    Authenticator.objects.update(last_t=-1)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(r"/a/$"))
    sign_out(page)

    for accepted in (True, False):
        give_password(page, live)
        page.get_by_label("动态码").fill(recovery[0])
        page.get_by_role("button", name="登录").click()
        if accepted:
            page.wait_for_url(re.compile(r"/a/$"))
            page.goto(f"{live}/a/otp")
            expect(page.get_by_text("9 个")).to_be_visible()
            shoot(page, "second-factor-on")
            page.goto(f"{live}/a/otp/off")
            shoot(page, "second-factor-off")
            sign_out(page)
    expect(page.get_by_text("动态码或恢复码错误")).to_be_visible()
    page.goto(f"{live}/a/jobs/")
    page.wait_for_url("**/a/login?next=/a/jobs/")
    assert User.objects.get(username="alice").has_second_factor
