"""The security headers on every response: pages, errors, static files, the back office."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from accounts.models import LoginFailure, User
from tests import build
from tests.accounts.signing import fresh_captcha

POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
}
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def checked(answer: Any, *, secure: bool, private: bool) -> Any:
    """Assert what every answer carries; `private` is behind the sign-in."""
    assert {part.strip() for part in answer["Content-Security-Policy"].split(";")} == POLICY
    assert {name: answer.get(name) for name in FIXED} == FIXED
    assert answer.get("Strict-Transport-Security", "") == (
        "max-age=31536000; includeSubDomains; preload" if secure else ""
    )
    if private:
        assert "no-store" in answer["Cache-Control"]
    return answer


@pytest.fixture
def alice(db: None) -> User:
    return build.user(
        "alice",
        build.company(),
        build.role(build.company("甲"), "property.view_community", "property.view_room"),
        is_staff=True,
    )


@pytest.fixture(params=[True, False], ids=["https", "http"])
def ask(request: pytest.FixtureRequest, alice: User) -> Callable[..., Any]:
    """Ask as alice, or with `stranger` as nobody, and check the headers."""
    client = Client(raise_request_exception=False)
    client.force_login(alice)

    def ask(address: str, data: Any = None, *, method: str = "get", stranger: bool = False, **extra: Any) -> Any:
        who = Client(raise_request_exception=False) if stranger else client
        answer = getattr(who, method)(address, data, secure=request.param, **extra)
        answer.close()  # a file that is served
        return checked(answer, secure=request.param, private=not stranger and "/static/" not in address)

    return ask


@pytest.mark.parametrize(
    ("code", "address"),
    [
        (200, "/a/"),
        (200, "/a/property/communities/"),
        (200, "/a/property/communities/?export=xlsx"),
        (200, "/a/jobs/"),
        (200, "/a/password"),
        (200, "/a/otp"),
        (200, "/admin/"),
        (200, "/static/css/app.css"),
        (200, "/a/health"),
        (302, "/a/login"),
        (403, "/a/accounts/users/"),
        (404, "/a/none"),
        (404, "/a/property/rooms/1/"),
        (404, "/admin/none/"),
        (404, "/static/none.css"),
        (405, "/a/logout"),
    ],
)
def test_signed_in(ask: Any, code: int, address: str) -> None:
    assert ask(address).status_code == code


@pytest.mark.parametrize(
    ("code", "address"),
    [(200, "/a/login"), (302, "/a/"), (302, "/a/login/code"), (302, "/admin/"), (302, "/admin/login/"), (404, "/none")],
)
def test_stranger(ask: Any, code: int, address: str) -> None:
    assert ask(address, stranger=True).status_code == code


def test_captcha_picture(ask: Any) -> None:
    captcha = fresh_captcha(Client())
    assert ask(f"/a/captcha/{captcha.hashkey}.png", stranger=True)["Content-Type"] == "image/png"


def test_redirect_to_a_duty(ask: Any, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(must_change_password=True)
    assert ask("/a/").status_code == 302


def test_unknown_host(ask: Any) -> None:
    assert ask("/a/login", stranger=True, headers={"Host": "evil.example"}).status_code == 400
    assert ask("/a/", headers={"Host": "evil.example"}).status_code == 400


def test_too_big_a_request(ask: Any) -> None:
    answer = ask("/a/login", {"username": "x" * 6_000_000}, method="post", stranger=True)
    assert answer.status_code == 413 and "内容过大" in answer.content.decode()


def test_braked_address(ask: Any) -> None:
    now = datetime.now(UTC)
    LoginFailure.objects.bulk_create(LoginFailure(address="127.0.0.1", at=now) for _ in range(20))
    sent = {"username": "a", "password": "b", "captcha": "c"}
    assert ask("/a/login", sent, method="post", stranger=True).status_code == 429


@pytest.mark.parametrize(("code", "error"), [(500, RuntimeError("x")), (503, OperationalError("server closed"))])
@pytest.mark.parametrize("place", ["heating.context.menu_for", "accounts.middleware.end_of_session"])
def test_errors(ask: Any, monkeypatch: Any, code: int, error: Exception, place: str) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(place, fail)
    answer = ask("/a/")
    assert answer.status_code == code and str(code) in answer.content.decode()


def test_missing_token(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = checked(client.post("/a/logout", secure=True), secure=True, private=True)
    assert answer.status_code == 403 and "没有权限" in answer.content.decode()


def test_the_policy_allows_nothing_inline() -> None:
    assert "unsafe" not in str(settings.CONTENT_SECURITY_POLICY)
