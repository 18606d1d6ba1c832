"""How sessions end, and the first password that must be changed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.models import Role, User
from accounts.services.passwords import reset_password
from heating.audit.models import Record
from heating.jobs.services import enqueue
from tests import build
from tests.accounts.signing import errors, press_login

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PASSWORD = "alice-Pass-1"
MINE, START = "/a/password", "/a/"


@pytest.fixture
def alice(db) -> User:
    return build.cashier(build.site(build.company()))


@pytest.fixture
def reader(db) -> User:
    """Somebody without a money permission."""
    office = build.company()
    return build.user("reader", office, build.role(office, "property.view_room"))


def is_open(client: Client) -> bool:
    return client.get(MINE).status_code == 200


def test_money_session_ends_after_fifteen_idle_minutes(alice, client):
    with time_machine.travel(NOON, tick=False) as clock:
        press_login(client, "alice", PASSWORD)
        for _ in range(4):
            clock.shift(timedelta(minutes=14))
            assert is_open(client)
        clock.shift(timedelta(minutes=15, seconds=1))
        answer = client.get(MINE)
        assert answer["Location"] == "/a/login?next=/a/password"
        assert "已有 15 分钟没有操作" in client.get(answer["Location"]).content.decode()


def test_other_session_ends_after_thirty_idle_minutes(reader, client):
    with time_machine.travel(NOON, tick=False) as clock:
        press_login(client, "reader", "reader-Pass-1")
        clock.shift(timedelta(minutes=29))
        assert is_open(client)
        clock.shift(timedelta(minutes=30, seconds=1))
        assert not is_open(client)


def test_progress_that_asks_by_itself_keeps_nobody_signed_in(reader, client):
    with time_machine.travel(NOON, tick=False) as clock:
        press_login(client, "reader", "reader-Pass-1")
        job = enqueue("jobs.clean", actor=reader)
        page, part = f"/a/jobs/{job.pk}", f"/a/jobs/{job.pk}/progress"
        asked = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
        for _ in range(6):
            clock.shift(timedelta(minutes=5))
            answer = client.get(part, headers=asked)
            assert answer.status_code == 200 and "HX-Redirect" not in answer
        clock.shift(timedelta(seconds=1))
        # The browser goes to the sign-in page, instead of showing it inside the card.
        assert client.get(part, headers=asked)["HX-Redirect"] == f"/a/login?next={page}"
        assert "已有 30 分钟没有操作" in client.get("/a/login").content.decode()


def test_page_opened_by_hand_keeps_the_session(reader, client):
    with time_machine.travel(NOON, tick=False) as clock:
        press_login(client, "reader", "reader-Pass-1")
        job = enqueue("jobs.clean", actor=reader)
        for _ in range(3):
            clock.shift(timedelta(minutes=29))
            assert client.get(f"/a/jobs/{job.pk}").status_code == 200


def test_no_session_is_older_than_twelve_hours(reader, client):
    with time_machine.travel(NOON, tick=False) as clock:
        press_login(client, "reader", "reader-Pass-1")
        for _ in range(36):
            clock.shift(timedelta(minutes=20))
            assert is_open(client)
        clock.shift(timedelta(seconds=1))
        assert not is_open(client)


def test_sign_out_ends_the_session_for_good(alice, client):
    press_login(client, "alice", PASSWORD)
    stolen = client.cookies["sessionid"].value
    assert client.get("/a/logout").status_code == 405
    client.post("/a/logout")
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert not is_open(thief)
    assert Record.objects.filter(event="logout", actor=alice).exists()


def test_disabling_ends_the_session_at_the_next_request(alice, client):
    press_login(client, "alice", PASSWORD)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert not is_open(client)


def test_raised_epoch_ends_every_session(alice, client):
    press_login(client, "alice", PASSWORD)
    User.objects.filter(pk=alice.pk).update(session_epoch=7)
    assert not is_open(client)


def test_password_change_ends_the_other_sessions_only(alice, client):
    here, there = Client(), Client()
    for one in (here, there):
        press_login(one, "alice", PASSWORD)
    answer = here.post(MINE, {"old": PASSWORD, "new": "Neu-4-alles", "again": "Neu-4-alles"})
    assert answer.status_code == 302
    assert is_open(here)
    assert not is_open(there)
    assert press_login(Client(), "alice", "Neu-4-alles").status_code == 302


def test_lost_role_is_refused_at_the_next_request(alice, client):
    press_login(client, "alice", PASSWORD)
    assert client.get("/a/billing/orders/").status_code == 200
    Role.objects.filter(user=alice).update(active=False)
    assert client.get("/a/billing/orders/").status_code == 403


def test_first_password_is_changed_before_anything_else(alice, client):
    User.objects.filter(pk=alice.pk).update(must_change_password=True)
    press_login(client, "alice", PASSWORD)
    assert client.get(START)["Location"] == MINE
    assert client.post("/a/payments/1/take", {})["Location"] == MINE
    first = client.get(MINE).content.decode()
    assert "请先修改密码" in first and "取消" not in first  # it would lead back to the same page
    client.post(MINE, {"old": PASSWORD, "new": "Neu-4-alles", "again": "Neu-4-alles"})
    assert client.get(START).get("Location") != MINE and "取消" in client.get(MINE).content.decode()


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("wrong", "Neu-4-alles", "Neu-4-alles", "原密码错误"),
        (PASSWORD, "Neu-4-alles", "Neu-4-sonst", "两次输入的新密码不一致"),
        (PASSWORD, PASSWORD, PASSWORD, "新密码不能与原密码相同"),
        (PASSWORD, "Ab-4", "Ab-4", "密码至少 8 位"),
        (PASSWORD, "onlyletters", "onlyletters", "密码须包含大写字母、小写字母、数字、符号中的至少 2 种"),
        (PASSWORD, "Alice-2026", "Alice-2026", "密码不能包含登录名"),
        (PASSWORD, "password1", "password1", "该密码太常见，请换一个"),
    ],
)
def test_new_password_keeps_the_rules(alice, client, old, new, again, sentence):
    press_login(client, "alice", PASSWORD)
    assert errors(client.post(MINE, {"old": old, "new": new, "again": again})) == [sentence]
    assert press_login(Client(), "alice", PASSWORD).status_code == 302


def test_guessing_the_old_password_counts_like_a_sign_in(alice, client):
    press_login(client, "alice", PASSWORD)
    for _ in range(5):
        client.post(MINE, {"old": "wrong", "new": "Neu-4-alles", "again": "Neu-4-alles"})
    right = client.post(MINE, {"old": PASSWORD, "new": "Neu-4-alles", "again": "Neu-4-alles"})
    assert right.status_code == 422 and errors(right) == ["原密码错误"]
    stranger = Client()
    press_login(stranger, "alice", PASSWORD)
    assert not is_open(stranger)


def test_reset_password_is_shown_once_and_must_be_changed(alice, client):
    press_login(client, "alice", PASSWORD)
    company = alice.office.company
    admin = build.user("root", company, build.role(company, "accounts.reset_password"))
    _, first = reset_password(alice.pk, actor=admin, now=NOON)
    assert not is_open(client)
    press_login(client, "alice", first)
    assert client.get(START)["Location"] == MINE
    assert first not in str(list(Record.objects.values_list("note", "before", "after")))


def test_old_password_must_be_renewed_when_the_company_says_so(alice, client):
    build.parameter(alice.office.company, "密码有效天数", "30")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31), tick=False):
        press_login(client, "alice", PASSWORD)
        assert client.get(START)["Location"] == MINE


def test_user_without_a_role_reads_a_sentence(db, client):
    build.user("nobody", build.company())
    press_login(client, "nobody", "nobody-Pass-1")
    page = client.get(START)
    assert page.status_code == 200
    assert "还没有分配角色" in page.content.decode()


def test_superuser_flag_opens_nothing(db):
    boss = build.user("boss", build.company(), is_superuser=True)
    assert not boss.has_perm("billing.view_order")
