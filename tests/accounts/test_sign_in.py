"""Sign-in, lock and captcha."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from captcha.models import CaptchaStore
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from accounts.models import LoginFailure, LoginGuard, User
from accounts.services.passwords import unlock_user
from accounts.services.signin import REFUSED
from heating.audit.models import Record
from heating.settings import PASSWORD_HASHERS
from tests import build
from tests.accounts.signing import LOGIN, errors, fresh_captcha, press_login

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
PASSWORD = "alice-Pass-1"


@pytest.fixture
def alice(db) -> User:
    return build.cashier(build.site(build.company()))


def test_right_name_password_and_captcha_open_the_home_page(alice, client):
    response = press_login(client, "alice", PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/a/")
    assert client.get(reverse("accounts:password")).status_code == 200
    assert Record.objects.filter(event="login.ok", actor=alice).count() == 1


def test_login_name_is_taken_in_any_case_and_width(alice, client):
    assert press_login(client, " ＡＬICE", PASSWORD).status_code == 302


def test_page_leads_on_to_the_page_that_was_asked_for(alice, client):
    assert press_login(client, "alice", PASSWORD, next="/a/org/offices/")["Location"] == "/a/org/offices/"


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"])
def test_page_never_leads_to_another_site(alice, client, foreign):
    assert press_login(client, "alice", PASSWORD, next=foreign)["Location"] == "/a/"


def test_session_gets_a_new_key_at_sign_in(alice, client):
    fresh_captcha(client)
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["sessionid"] = session.session_key
    press_login(client, "alice", PASSWORD)
    assert client.session.session_key != session.session_key
    assert "planted" not in client.session


def test_wrong_captcha_is_said_and_costs_no_try(alice, client):
    for _ in range(7):
        assert errors(press_login(client, "alice", "wrong", captcha="....")) == ["验证码错误或已过期，请重新输入"]
    assert not LoginGuard.objects.exists()
    assert press_login(client, "alice", PASSWORD).status_code == 302


def test_captcha_errors_do_not_forgive_wrong_passwords(alice, client):
    for _ in range(4):
        press_login(client, "alice", "wrong")
    press_login(client, "alice", "wrong", captcha="....")
    press_login(client, "alice", "wrong")
    assert errors(press_login(client, "alice", PASSWORD)) == [REFUSED]


def test_captcha_is_used_up_by_a_wrong_answer_too(alice, client):
    captcha = fresh_captcha(client)
    press_login(client, "alice", PASSWORD, captcha_key=captcha.hashkey, captcha="....")
    again = press_login(client, "alice", PASSWORD, captcha_key=captcha.hashkey, captcha=captcha.response)
    assert again.status_code == 200


def test_captcha_lives_two_minutes_and_ignores_case(alice, client):
    with time_machine.travel(NOON, tick=False) as clock:
        captcha = fresh_captcha(client)
        clock.shift(timedelta(seconds=121))
        late = press_login(client, "alice", PASSWORD, captcha_key=captcha.hashkey, captcha=captcha.response)
        assert errors(late) == ["验证码错误或已过期，请重新输入"]
        captcha = fresh_captcha(client)
        clock.shift(timedelta(seconds=119))
        upper = captcha.response.upper()
        assert press_login(client, "alice", PASSWORD, captcha_key=captcha.hashkey, captcha=upper).status_code == 302


def test_captcha_answer_is_not_in_page_cookie_or_address(alice, client):
    captcha = fresh_captcha(client)
    page = client.get(LOGIN).content.decode()
    assert captcha.response not in page.lower()
    assert captcha.response not in str(client.cookies).lower()
    another = client.get(reverse("captcha-refresh"), headers={"X-Requested-With": "XMLHttpRequest"})
    stored = CaptchaStore.objects.get(hashkey=another.json()["key"])
    assert stored.response not in another.content.decode()
    picture = client.get(another.json()["image_url"])
    assert picture["Content-Type"] == "image/png"


def test_fifth_wrong_password_locks_until_midnight(alice, client):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(4):
            assert errors(press_login(client, "alice", "wrong")) == [REFUSED]
        assert press_login(Client(), "alice", PASSWORD).status_code == 302  # the fifth, right: starts the count anew
        for _ in range(5):
            press_login(client, "alice", "wrong")
        assert errors(press_login(client, "alice", PASSWORD)) == [REFUSED]
        clock.move_to(datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC))
        assert errors(press_login(client, "alice", PASSWORD)) == [REFUSED]
        clock.move_to(datetime(2026, 11, 24, 16, 0, 0, tzinfo=UTC))
        assert press_login(client, "alice", PASSWORD).status_code == 302
    assert Record.objects.filter(event="login.lock", target_id=alice.pk).count() == 1
    assert "锁定" in REFUSED and "次日 00:00" in REFUSED


def test_after_midnight_five_new_tries_are_free(alice, client):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            press_login(client, "alice", "wrong")
        clock.move_to(datetime(2026, 11, 24, 16, 0, 0, tzinfo=UTC))
        for _ in range(4):
            press_login(client, "alice", "wrong")
        assert press_login(client, "alice", PASSWORD).status_code == 302


def test_administrator_unlocks(alice, client):
    for _ in range(5):
        press_login(client, "alice", "wrong")
    company = alice.office.company
    admin = build.user("root", company, build.role(company, "accounts.unlock_user"))
    stranger = build.company("另一家")
    outsider = build.user("other", stranger, build.role(stranger, "accounts.unlock_user"))
    with pytest.raises(User.DoesNotExist):
        unlock_user(alice.pk, actor=outsider)
    unlock_user(alice.pk, actor=admin)
    assert press_login(client, "alice", PASSWORD).status_code == 302
    assert Record.objects.filter(event="user.unlock", actor=admin, target_id=alice.pk).exists()


def test_address_is_braked_after_twenty_wrong_passwords(alice, client):
    company = alice.office
    with time_machine.travel(NOON, tick=False) as clock:
        for n in range(20):
            press_login(client, f"guess{n}", "wrong")
        answer = press_login(client, "alice", PASSWORD)
        assert answer.status_code == 429
        assert errors(answer) == ["该地址登录失败次数过多，请 10 分钟后再试"]
        assert not LoginGuard.objects.filter(user=alice).exists()
        elsewhere = press_login(Client(), "alice", PASSWORD, extra={"REMOTE_ADDR": "198.51.100.7"})
        assert elsewhere.status_code == 302
        clock.shift(timedelta(minutes=10, seconds=1))
        assert press_login(client, "alice", PASSWORD).status_code == 302
    assert company.pk


def test_forged_forwarded_header_does_not_escape_the_brake(alice, client):
    for n in range(20):
        press_login(client, f"guess{n}", "wrong", extra={"HTTP_X_FORWARDED_FOR": f"198.51.100.{n}"})
    assert press_login(client, "alice", PASSWORD).status_code == 429


def test_behind_our_proxy_the_brake_counts_the_visitor(alice, client, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    for n in range(20):
        press_login(client, f"guess{n}", "wrong", extra={"HTTP_X_FORWARDED_FOR": "198.51.100.1"})
    assert press_login(client, "alice", PASSWORD, extra={"HTTP_X_FORWARDED_FOR": "198.51.100.1"}).status_code == 429
    assert press_login(client, "alice", PASSWORD, extra={"HTTP_X_FORWARDED_FOR": "198.51.100.2"}).status_code == 302


def test_right_passwords_do_not_brake_a_hall(alice, client):
    for _ in range(25):
        assert press_login(Client(), "alice", PASSWORD).status_code == 302
    assert not LoginFailure.objects.exists()


def test_demo_account_is_refused_on_a_production_machine(alice, client, settings):
    User.objects.filter(pk=alice.pk).update(is_demo=True)
    settings.PRODUCTION = True
    assert errors(press_login(client, "alice", PASSWORD)) == [REFUSED]
    settings.PRODUCTION = False
    assert press_login(client, "alice", PASSWORD).status_code == 302


def test_hash_is_argon2id_and_an_old_one_is_renewed_at_sign_in(alice, client, settings):
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    User.objects.filter(pk=alice.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    assert press_login(client, "alice", PASSWORD).status_code == 302
    alice.refresh_from_db()
    assert alice.password.startswith("argon2$argon2id$")
    assert client.get(reverse("accounts:password")).status_code == 200


@pytest.mark.parametrize("field", ["username", "password", "captcha", "captcha_key", "next"])
@pytest.mark.parametrize("value", ["a\x00b", "x" * 5000, "'\"<script>alert(1)</script>", "１２３", ""])
def test_anything_typed_is_answered(alice, client, field, value):
    typed = {"username": "alice", "password": PASSWORD, "captcha_key": "k", "captcha": "c"} | {field: value}
    answer = client.post(LOGIN, typed)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_known_device_is_spared_from_strangers_when_the_setting_is_on(alice, settings):
    settings.LOGIN_KNOWS_DEVICES = True
    mine, stranger = Client(), Client()
    assert press_login(mine, "alice", PASSWORD).status_code == 302
    for _ in range(5):
        press_login(stranger, "alice", "wrong")
    assert errors(press_login(stranger, "alice", PASSWORD)) == [REFUSED]
    mine.post("/a/logout")
    assert press_login(mine, "alice", PASSWORD).status_code == 302
    mine.post("/a/logout")
    for _ in range(5):
        press_login(mine, "alice", "wrong")
    assert errors(press_login(mine, "alice", PASSWORD)) == [REFUSED]
