"""重新生成恢复码 on /a/otp: against the phone's code; the old ones end; shown once; in the audit."""

import re

import pytest
from django.test import Client

from accounts.models import LoginGuard, RecoveryCode, User
from accounts.rules import RECOVERY_CODES
from accounts.services import two_factor
from accounts.services.two_factor import WRONG_PHONE_CODE
from heating.audit.models import Record
from reports.logs.words import EVENTS
from tests import build
from tests.accounts.phones import CODE, OTP, START, code_of, half, is_open, with_phone
from tests.accounts.signing import errors

CODES = "/a/otp/codes"
SHOWN = re.compile(r"<code>([a-z0-9]{5})-([a-z0-9]{5})</code>")
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def phone(alice: User) -> tuple[Client, str, list[str]]:
    """Alice's browser, key and first recovery codes."""
    key, codes = with_phone(alice)
    client = half(Client())
    client.post(CODE, {"code": code_of(key)})
    return client, key, codes


def test_new_codes_are_shown_once_and_the_old_ones_end(alice, phone):
    client, key, old = phone
    assert CODES in client.get(OTP).content.decode()
    page = client.post(CODES, {"code": code_of(key, steps=1)})
    new = ["".join(found) for found in SHOWN.findall(page.content.decode())]
    assert len(set(new)) == RECOVERY_CODES and not set(new) & set(old)
    assert "只显示这一次" in page.content.decode() and "no-store" in page["Cache-Control"]
    assert not SHOWN.search(client.get(OTP).content.decode()) and is_open(client)
    assert RecoveryCode.objects.filter(user=alice).count() == RECOVERY_CODES
    assert half(Client()).post(CODE, {"code": old[0]}).status_code == 200
    assert half(Client()).post(CODE, {"code": new[0]})["Location"] == START
    row = Record.objects.get(event="user.recovery_codes", actor=alice)
    assert EVENTS[row.event] == "重新生成恢复码" and not any(code in str((row.before, row.after)) for code in new)


@pytest.mark.parametrize(
    ("code", "sentence"), [("000000", WRONG_PHONE_CODE), ("recovery", "请输入 6 位数字"), ("", "请输入动态码")]
)
def test_without_the_phones_code_the_old_ones_stay(alice, phone, code, sentence):
    client, _, old = phone
    page = client.post(CODES, {"code": old[0] if code == "recovery" else code})
    assert page.status_code == 422 and errors(page) == [sentence]
    assert RecoveryCode.objects.filter(user=alice).count() == RECOVERY_CODES
    assert not Record.objects.filter(event="user.recovery_codes").exists()


def test_guessing_the_code_counts_towards_the_lock(alice, phone):
    client, _, _ = phone
    for _ in range(5):
        client.post(CODES, {"code": "000000"})
    assert LoginGuard.objects.get(user=alice).failures == 5
    assert "登录名如已锁定" in client.post(CODES, {"code": "000000"}).content.decode()


def test_one_code_renews_once(alice, phone):
    client, key, _ = phone
    assert client.post(CODES, {"code": code_of(key, steps=1)}).status_code == 200
    assert errors(client.post(CODES, {"code": code_of(key, steps=1)})) == [WRONG_PHONE_CODE]


def test_without_a_second_factor_the_page_leads_to_the_set_up(alice):
    client = Client()
    client.force_login(alice)
    assert client.get(CODES)["Location"] == OTP
    assert client.post(CODES, {"code": "000000"}).status_code == 422
    assert not RecoveryCode.objects.exists()


def test_recovery_code_works_once_and_is_kept_hashed(alice, client):
    _, codes = with_phone(alice)
    assert len(set(codes)) == 10
    kept = str(list(RecoveryCode.objects.values())) + str(list(Record.objects.values()))
    assert not any(code in kept for code in codes)
    shown = f"{codes[0][:5]}-{codes[0][5:]}".upper()
    assert half(client).post(CODE, {"code": shown}).status_code == 302
    assert is_open(client)
    again = half(Client())
    assert errors(again.post(CODE, {"code": shown})) == [two_factor.WRONG_CODE]
    assert RecoveryCode.objects.filter(user=alice).count() == 9


def test_recovery_code_of_another_does_not_work(alice):
    with_phone(alice)
    bob = build.user("bob", alice.office)
    _, others = with_phone(bob)
    assert errors(half(Client()).post(CODE, {"code": others[0]})) == [two_factor.WRONG_CODE]
