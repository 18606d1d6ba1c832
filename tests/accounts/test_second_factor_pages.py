"""动态口令登录 from the user's menu, 解除动态口令 by the administrator, and who must have one."""

import re
from base64 import b64decode
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Authenticator, LoginGuard, RecoveryCode, User
from accounts.rules import (
    ADMINISTER_PERMISSIONS,
    APPROVE_PERMISSIONS,
    FINANCE_PERMISSIONS,
    RECOVERY_CODES,
    SECOND_FACTOR,
    needs_second_factor,
)
from accounts.services import two_factor
from heating.audit.models import Record
from heating.standard_roles import JOBS
from org.parameters import KEYS
from tests import build
from tests.accounts.phones import CODE, MINE, NOON, OTP, PASSWORD, START, code_of, half, is_open, with_phone
from tests.accounts.signing import errors, press_login

OFF = "/a/otp/off"
POLICY = "强制动态口令登录"
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def root(alice) -> User:
    company = alice.office.company
    return build.user("root", company, build.role(company, "accounts.view_user", "accounts.release_user"))


def signed_in(name: str = "alice") -> Client:
    client = Client()
    assert press_login(client, name, f"{name}-Pass-1")["Location"] == START
    return client


def shown_key(client: Client) -> str:
    return re.search(r"<code>([A-Z2-7 ]+)</code>", client.get(OTP).content.decode())[1].replace(" ", "")


def set_up(client: Client, **changes: str):
    key = shown_key(client)
    return key, client.post(OTP, {"password": PASSWORD, "code": code_of(key)} | changes)


def test_setting_up_shows_the_recovery_codes_once(alice):
    here, there = signed_in(), signed_in()
    key, page = set_up(here)
    text = page.content.decode()
    codes = re.findall(r"<code>([a-z0-9]{5})-([a-z0-9]{5})</code>", text)
    assert len(codes) == RECOVERY_CODES and "只显示这一次" in text and "no-store" in page["Cache-Control"]
    assert is_open(here) and not is_open(there)
    status = here.get(OTP).content.decode()
    assert "已启用" in status and "10 个" in status
    assert not any(a + b in status for a, b in codes)
    assert key not in status
    assert Record.objects.filter(event="user.second_factor_on", actor=alice).count() == 1


def test_picture_is_a_data_address_with_the_key(alice):
    page = signed_in().get(OTP).content.decode()
    svg = b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)[1]).decode()
    assert svg.startswith("<svg") and "style" not in svg and "script" not in svg


def test_key_stays_the_same_until_it_is_confirmed(alice):
    client = signed_in()
    assert shown_key(client) == shown_key(client)
    assert shown_key(signed_in()) != shown_key(client)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password": "wrong"}, "密码错误"),
        ({"code": "000000"}, "动态码不对：请用刚扫描的账号，并核对手机的时间"),
        ({"code": "abcdefghjk"}, "请输入 6 位数字"),
    ],
)
def test_wrong_password_or_code_sets_nothing_up(alice, changes, sentence):
    client = signed_in()
    _, page = set_up(client, **changes)
    assert page.status_code == 422 and errors(page) == [sentence]
    assert not Authenticator.objects.exists() and not RecoveryCode.objects.exists()
    assert press_login(Client(), "alice", PASSWORD)["Location"] == START


def test_guessing_the_password_at_the_set_up_counts(alice):
    client = signed_in()
    for _ in range(5):
        set_up(client, password="wrong")
    assert LoginGuard.objects.get(user=alice).failures == 5
    # The lock leaves the open session alone, but no password is believed any more, not even the right one.
    set_up(client)
    assert is_open(client) and not Authenticator.objects.exists()


def test_second_set_up_is_refused(alice):
    client = signed_in()
    key = shown_key(client)
    set_up(client)
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        again = client.post(OTP, {"password": PASSWORD, "code": code_of(key)})
    assert errors(again) == ["动态口令登录已经启用"]
    assert Authenticator.objects.count() == 1 and RecoveryCode.objects.count() == RECOVERY_CODES


def test_switching_off_needs_password_and_code(alice):
    key, codes = with_phone(alice)
    client, other = half(Client()), Client()
    client.post(CODE, {"code": code_of(key)})
    half(other).post(CODE, {"code": code_of(key, steps=1)})
    wrong = client.post(OFF, {"password": "wrong", "code": codes[0]})
    assert errors(wrong) == ["密码错误"]
    assert errors(client.post(OFF, {"password": PASSWORD, "code": "000000"})) == [two_factor.WRONG_CODE]
    assert LoginGuard.objects.get(user=alice).failures == 2
    assert client.post(OFF, {"password": PASSWORD, "code": codes[0]})["Location"] == OTP
    assert not Authenticator.objects.exists() and not RecoveryCode.objects.exists()
    assert is_open(client) and not is_open(other)
    assert press_login(Client(), "alice", PASSWORD)["Location"] == START
    assert Record.objects.filter(event="user.second_factor_off", actor=alice).count() == 1


def test_switching_off_what_is_not_on_leads_to_the_set_up(alice):
    client = signed_in()
    assert client.get(OFF)["Location"] == OTP
    assert client.post(OFF, {"password": PASSWORD, "code": "000000"}).status_code == 422


def test_administrator_releases_somebody_whose_phone_is_lost(alice, root):
    key, _ = with_phone(alice)
    other = half(Client())
    other.post(CODE, {"code": code_of(key)})
    admin = signed_in("root")
    address = f"/a/accounts/users/{alice.pk}/release/"
    assert address in admin.get("/a/accounts/users/").content.decode()
    assert admin.post(address)["Location"] == "/a/accounts/users/"
    assert not is_open(other)
    assert press_login(Client(), "alice", PASSWORD)["Location"] == START
    assert Record.objects.filter(event="user.second_factor_release", actor=root, target_id=alice.pk).count() == 1
    assert "没有启用" in admin.post(address, follow=True).content.decode()


def test_nobody_releases_themself_or_beyond_their_scope(alice, root):
    with_phone(alice)
    elsewhere = build.company("另一家")
    stranger = build.user("other", elsewhere, build.role(elsewhere, "accounts.release_user"))
    client = Client()
    client.force_login(stranger)
    assert client.post(f"/a/accounts/users/{alice.pk}/release/").status_code == 404
    plain = Client()
    plain.force_login(alice)
    assert plain.post(f"/a/accounts/users/{alice.pk}/release/").status_code == 403
    key, _ = with_phone(root)
    admin = half(Client(), "root")
    admin.post(CODE, {"code": code_of(key)})
    assert "不能修改自己的账号" in admin.post(f"/a/accounts/users/{root.pk}/release/").content.decode()
    assert Authenticator.objects.count() == 2


def test_last_administrator_is_released_at_the_server(alice, capsys):
    with_phone(alice)
    call_command("reset_two_factor", "ALICE")
    assert "已解除 alice" in capsys.readouterr().out
    assert Record.objects.filter(event="user.second_factor_release", actor=None, target_id=alice.pk).count() == 1
    for name, sentence in (("alice", "没有启用"), ("nobody", "没有用户")):
        with pytest.raises(CommandError, match=sentence):
            call_command("reset_two_factor", name)


def test_who_must_have_one_sets_it_up_before_anything_else(alice, root):
    client = signed_in("root")
    assert client.get(START).status_code == 200
    build.parameter(alice.office.company, POLICY, "管理员")
    for address in (START, "/a/accounts/users/", "/admin/", MINE):
        assert client.get(address)["Location"] == OTP
    assert "您的权限要求动态口令登录" in client.get(OTP).content.decode()
    key = shown_key(client)
    assert client.post(OTP, {"password": "root-Pass-1", "code": code_of(key)}).status_code == 200
    assert client.get(START).status_code == 200
    assert signed_in().get(START).status_code == 200  # a cashier need not


def test_first_password_comes_before_the_second_factor(alice, root):
    build.parameter(alice.office.company, POLICY, "管理员")
    User.objects.filter(pk=root.pk).update(must_change_password=True)
    client = signed_in("root")
    assert client.get(START)["Location"] == MINE
    client.post(MINE, {"old": "root-Pass-1", "new": "Neu-4-alles", "again": "Neu-4-alles"})
    assert client.get(START)["Location"] == OTP


def test_policy_of_one_company_does_not_reach_another(alice, root):
    build.parameter(build.company("另一家"), POLICY, "管理员、审批人和财务")
    assert signed_in("root").get(START).status_code == 200


def test_asking_for_it_costs_no_query_of_its_own(alice, root):
    client = signed_in("root")
    with CaptureQueriesContext(connection) as queries:
        client.get(MINE)
    asked = [query["sql"] for query in queries if re.search("org_parameter|accounts_authenticator", query["sql"])]
    assert len(asked) == 1 and '"accounts_user"' in asked[0]


@pytest.mark.parametrize(
    ("job", "administrators", "all_three"),
    [
        ("SA", True, True),
        ("EA", True, True),
        ("ST", False, True),
        ("AP", False, True),
        ("FI", False, True),
        ("PM", False, False),
        ("CA", False, False),
        ("MR", False, False),
        ("OW", False, False),
    ],
)
def test_standard_roles_that_need_one(job, administrators, all_three):
    held = set(JOBS[job].permissions)
    assert needs_second_factor("管理员", held) is administrators
    assert needs_second_factor("管理员、审批人和财务", held) is all_three
    assert not needs_second_factor("关闭", held)


def test_every_policy_can_be_set_and_every_permission_exists(db):
    for policy in SECOND_FACTOR:
        assert KEYS[POLICY].read(policy) == policy
    rows = Permission.objects.values_list("content_type__app_label", "codename")
    known = {f"{app}.{codename}" for app, codename in rows}
    assert known >= ADMINISTER_PERMISSIONS | APPROVE_PERMISSIONS | FINANCE_PERMISSIONS
    assert {permission for permission in known if ".approve_" in permission} <= APPROVE_PERMISSIONS
