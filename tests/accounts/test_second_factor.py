"""The second factor at the sign-in: half a sign-in opens nothing, no code works twice."""

import re
import threading
from base64 import b32decode
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Authenticator, LoginGuard, User
from accounts.rules import phone_address, read_code
from accounts.services import two_factor
from accounts.services.passwords import reset_password, unlock_user
from heating.audit.models import Record
from heating.kit.encryption import decrypt
from tests import build
from tests.accounts.phones import CODE, MINE, NOON, OTP, PASSWORD, START, code_of, half, is_open, with_phone
from tests.accounts.signing import errors, press_login, shape


@pytest.fixture
def key(alice) -> str:
    return with_phone(alice)[0]


def test_right_code_opens_the_session_and_only_then_the_log_says_so(alice, key, client):
    half(client)
    assert "动态码" in client.get(CODE).content.decode()
    assert not Record.objects.filter(event="login.ok").exists()
    assert client.post(CODE, {"code": code_of(key)})["Location"] == START
    assert is_open(client)
    assert list(Record.objects.filter(event__startswith="login.").order_by("id").values_list("event", flat=True)) == [
        "login.code_asked",
        "login.ok",
    ]


def test_half_a_sign_in_opens_no_page(alice, key, client):
    alice.is_staff = True
    alice.save()
    half(client)
    for address in (START, MINE, OTP, "/a/billing/orders/", "/a/jobs/", "/admin/"):
        answer = client.get(address)
        assert answer.status_code == 302 and "login" in answer["Location"], address
    assert "_auth_user_id" not in client.session


def test_back_office_has_no_sign_in_of_its_own(alice, client):
    alice.is_staff = True
    alice.save()
    client.post("/admin/login/", {"username": "alice", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_back_office_has_no_change_of_password_of_its_own(alice, client):
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    sent = {"old_password": PASSWORD, "new_password1": "Neu-4-alles", "new_password2": "Neu-4-alles"}
    client.post("/admin/password_change/", sent)
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_second_step_without_the_first_leads_to_the_first(alice, key, client):
    assert client.get(CODE)["Location"] == "/a/login"
    assert client.post(CODE, {"code": code_of(key)})["Location"] == "/a/login"


def test_page_that_was_asked_for_is_kept_over_both_steps(alice, key, client):
    answer = press_login(client, "alice", PASSWORD, next="/a/billing/orders/")
    assert 'name="next" value="/a/billing/orders/"' in client.get(answer["Location"]).content.decode()
    done = client.post(CODE, {"code": code_of(key), "next": "/a/billing/orders/"})
    assert done["Location"] == "/a/billing/orders/"
    half(Client())
    foreign = half(Client()).post(CODE, {"code": code_of(key, steps=1), "next": "//evil.example/"})
    assert foreign["Location"] == START


def test_half_a_sign_in_lasts_five_minutes(alice, key, client, clock):
    half(client)
    clock.shift(timedelta(minutes=4, seconds=59))
    assert half(Client()).post(CODE, {"code": code_of(key)}).status_code == 302
    half(client)
    clock.shift(timedelta(minutes=5))
    assert client.post(CODE, {"code": code_of(key)})["Location"] == "/a/login"
    assert "登录已超时" in client.get("/a/login").content.decode()
    assert not is_open(client)


def test_one_right_password_is_worth_one_code(alice, key, client):
    half(client)
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    other = half(Client())
    assert client.post(CODE, {"code": code_of(key)})["Location"] == START
    for late in (thief, other):
        assert late.post(CODE, {"code": code_of(key, steps=1)})["Location"] == "/a/login"
        assert not is_open(late)


def test_code_works_once(alice, key):
    assert half(Client()).post(CODE, {"code": code_of(key)})["Location"] == START
    again = half(Client())
    assert errors(again.post(CODE, {"code": code_of(key)})) == [two_factor.WRONG_CODE]
    assert not is_open(again)


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clock_of_the_phone_may_be_half_a_minute_off(alice, key, client, steps, opens):
    half(client).post(CODE, {"code": code_of(key, steps=steps)})
    assert is_open(client) is opens


def test_older_code_does_not_work_after_a_newer_one(alice, key):
    half(Client()).post(CODE, {"code": code_of(key, steps=1)})
    late = half(Client())
    late.post(CODE, {"code": code_of(key)})
    assert not is_open(late)


def test_code_is_taken_in_full_width_and_with_gaps(alice, key, client):
    code = code_of(key).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert half(client).post(CODE, {"code": f" {code[:3]} {code[3:]} "}).status_code == 302


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345", "1e5000", "a\x00b", "x" * 5000]
)
def test_what_is_no_code_is_said_and_costs_no_try(alice, key, client, typed):
    half(client)
    answer = client.post(CODE, {"code": typed})
    assert answer.status_code == 200 and errors(answer)
    assert not LoginGuard.objects.filter(failures__gt=0).exists()


def test_wrong_codes_and_wrong_passwords_are_counted_together(alice, key, client, clock):
    press_login(Client(), "alice", "wrong")
    press_login(Client(), "alice", "wrong")
    half(client)
    for _ in range(3):
        assert errors(client.post(CODE, {"code": "000000"})) == [two_factor.WRONG_CODE]
    guard = LoginGuard.objects.get(user=alice)
    assert guard.locked(datetime.now(UTC)) and guard.failures == 5
    assert client.post(CODE, {"code": code_of(key)})["Location"] == "/a/login"
    assert "login" not in press_login(Client(), "alice", PASSWORD).get("Location", "")
    assert Record.objects.filter(event="login.code_wrong").count() == 3
    assert Record.objects.filter(event="login.lock", target_id=alice.pk).count() == 1
    clock.move_to(datetime(2026, 11, 24, 16, 0, 0, tzinfo=UTC))
    assert half(Client()).post(CODE, {"code": code_of(key)}).status_code == 302


def test_right_password_alone_does_not_forgive_wrong_codes(alice, key):
    for _ in range(5):
        half(Client()).post(CODE, {"code": "000000"})
    assert LoginGuard.objects.get(user=alice).failures == 5
    assert press_login(Client(), "alice", PASSWORD).status_code == 200


def test_complete_sign_in_starts_the_count_anew(alice, key):
    for _ in range(4):
        half(Client()).post(CODE, {"code": "000000"})
    half(Client()).post(CODE, {"code": code_of(key)})
    assert LoginGuard.objects.get(user=alice).failures == 0


def test_administrator_unlocks_after_wrong_codes(alice, key, client):
    for _ in range(5):
        half(client).post(CODE, {"code": "000000"})
    company = alice.office.company
    unlock_user(alice.pk, actor=build.user("root", company, build.role(company, "accounts.unlock_user")))
    assert half(client).post(CODE, {"code": code_of(key)}).status_code == 302


def test_wrong_codes_brake_their_address(alice, key, client):
    half(client)
    for n in range(20):
        press_login(Client(), f"guess{n}", "wrong")
    answer = client.post(CODE, {"code": code_of(key)})
    assert answer.status_code == 429
    assert not is_open(client)


def test_new_password_ends_half_sign_ins(alice, key, client):
    half(client)
    company = alice.office.company
    admin = build.user("root", company, build.role(company, "accounts.reset_password"))
    reset_password(alice.pk, actor=admin, now=NOON)
    client.post(CODE, {"code": code_of(key)})
    assert not is_open(client)


def test_disabled_user_is_refused_at_the_second_step(alice, key, client):
    half(client)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    client.post(CODE, {"code": code_of(key)})
    assert "_auth_user_id" not in client.session


def test_before_the_right_password_nothing_tells_who_has_a_second_factor(alice, key):
    build.user("plain", alice.office)
    seen = {}
    for name in ("alice", "plain", "nobody"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = press_login(Client(), name, "wrong")
        seen[name] = (answer.status_code, errors(answer), [shape(query["sql"]) for query in queries])
    assert seen["alice"] == seen["plain"]
    assert seen["alice"][:2] == seen["nobody"][:2]


def test_key_is_sealed_in_table_session_and_log(alice, client, key):
    stored = Authenticator.objects.get(user=alice)
    assert decrypt(stored.key) == key
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM accounts_authenticator")
        assert key not in cursor.fetchone()[0]
    bob = build.user("bob", alice.office)
    client.force_login(bob)
    page = client.get(OTP).content.decode()
    new = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert b32decode(new) and new not in str(dict(client.session))
    assert key not in str(list(Record.objects.values()))


def test_texts_of_codes():
    assert read_code(" 123 456 ") == "123456"
    assert read_code("ABCDE-fghjk") == "abcdefghjk"
    assert read_code("abcdefghij") == ""  # i looks like 1
    assert phone_address("a b", "KEY") == (
        "otpauth://totp/%E7%83%AD%E5%8A%9B%E7%BC%B4%E8%B4%B9:a%20b?secret=KEY"
        "&issuer=%E7%83%AD%E5%8A%9B%E7%BC%B4%E8%B4%B9&digits=6&period=30"
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["one password", "two passwords", "two codes", "recovery code"])
def test_of_eight_parallel_posts_one_passes(what):
    with time_machine.travel(NOON, tick=False):
        alice = build.cashier(build.site(build.company()))
        key, codes = with_phone(alice)
        first, other = half(Client()), half(Client())
        sent = codes[0] if what == "recovery code" else code_of(key)
        opened, barrier = [], threading.Barrier(8)

        def post(n: int) -> None:
            client = Client()
            of = other if what != "one password" and n % 2 else first
            client.cookies["sessionid"] = of.cookies["sessionid"].value
            barrier.wait()
            try:
                answer = client.post(CODE, {"code": code_of(key, steps=n % 2) if what == "two codes" else sent})
                opened.append(answer.get("Location") == START and is_open(client))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=post, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(opened) == 1 and len(opened) == 8
    assert Record.objects.filter(event="login.ok").count() == 1
