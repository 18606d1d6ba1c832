"""Nobody learns from an answer, its text or its time, whether a name exists, is locked or disabled."""

import re
from datetime import UTC, datetime
from statistics import median
from time import process_time

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import LoginGuard, User
from accounts.services import lockout
from accounts.services.signin import REFUSED
from heating.settings import PASSWORD_HASHERS
from tests import build
from tests.accounts.signing import errors, press_login, shape

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
PASSWORD = "alice-Pass-1"


@pytest.fixture
def alice(db) -> User:
    return build.cashier(build.site(build.company()))


def test_unknown_locked_wrong_and_disabled_answer_alike(alice, client):
    build.user("gone", alice.office, is_active=False)
    answers = {}
    for name, password in (("alice", "wrong"), ("nobody", "wrong"), ("gone", "gone-Pass-1")):
        first = press_login(Client(), name, password)
        for _ in range(4):
            press_login(Client(), name, "wrong", extra={"REMOTE_ADDR": "198.51.100.7"})
        locked = press_login(Client(), name, password, extra={"REMOTE_ADDR": "198.51.100.8"})
        answers[name] = [(r.status_code, _without_tokens(r)) for r in (first, locked)]
    assert answers["alice"][0] == answers["alice"][1] == answers["gone"][0] == answers["gone"][1]
    assert answers["nobody"][0] == answers["nobody"][1]
    assert errors(first) == [REFUSED]
    assert LoginGuard.objects.filter(failures=5).count() == 3


def _without_tokens(response) -> str:
    secret = r'name="(csrfmiddlewaretoken|captcha_key)" value="\w+"|/a/captcha/\w+'
    page = re.sub(secret, "", response.content.decode())
    return re.sub(r'name="username" value="\w+"', "", page)


@pytest.fixture
def hashes(monkeypatch, settings) -> list[str]:
    """The hashes that are computed, with the product's own hasher."""
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS
    computed: list[str] = []

    def counted(method):
        def count(self, password, *arguments):
            computed.append(type(self).__name__)
            return method(self, password, *arguments)

        return count

    for name in ("encode", "verify"):
        monkeypatch.setattr(Argon2PasswordHasher, name, counted(getattr(Argon2PasswordHasher, name)))
    return computed


@pytest.fixture
def four(alice) -> tuple[str, ...]:
    """A name of somebody, one of nobody, one that is locked, one of somebody disabled."""
    office = alice.office
    for name, active in (("wrong", True), ("locked", True), ("disabled", False)):
        user = build.user(name, office, is_active=active)
        User.objects.filter(pk=user.pk).update(password=make_password(PASSWORD, hasher="argon2"))
    names = ("wrong", "nobody", "locked", "disabled")
    for name in names:
        lockout.try_password(name, "x", address="", now=NOON)
    for _ in range(4):
        lockout.try_password("locked", "x", address="", now=NOON)
    return names


def test_unknown_locked_disabled_and_wrong_do_the_same_work(four, hashes):
    """One hash each, and the same statements: what takes the same steps takes the same time, on any machine."""
    done = {}
    for name in four:
        hashes.clear()
        with CaptureQueriesContext(connection) as queries:
            assert lockout.try_password(name, "wrong", address="", now=NOON) is None
        done[name] = (tuple(hashes), tuple(shape(query["sql"]) for query in queries))
    assert len(done["wrong"][0]) == 1
    assert set(done.values()) == {done["wrong"]}, done


@pytest.mark.heavy
def test_unknown_locked_disabled_and_wrong_take_about_the_same_time(four, hashes):
    """Coarse, for a busy machine: whoever skips the hash answers in a tenth of the time."""
    taken: dict[str, list[float]] = {name: [] for name in four}
    for _ in range(7):
        for name, times in taken.items():
            LoginGuard.objects.exclude(user__username="locked").update(failures=0, locked_until=None)
            began = process_time()
            lockout.try_password(name, "wrong", address="", now=NOON)
            times.append(process_time() - began)
    middles = [median(times) for times in taken.values()]
    assert max(middles) <= 2 * min(middles), taken
