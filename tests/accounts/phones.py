"""Phones with an authenticator, for the tests of the second factor."""

from base64 import b32decode
from datetime import UTC, datetime, timedelta

from django.test import Client
from django_otp.oath import totp

from accounts.models import User
from accounts.services import two_factor
from tests.accounts.signing import press_login

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PASSWORD = "alice-Pass-1"
CODE, MINE, START, OTP = "/a/login/code", "/a/password", "/a/", "/a/otp"


def with_phone(user: User) -> tuple[str, list[str]]:
    """Give `user` a second factor, the last code five minutes old; return key and recovery codes."""
    key, before = two_factor.new_key(), datetime.now(UTC) - timedelta(minutes=5)
    password = f"{user.username}-Pass-1"
    _, codes = two_factor.set_up(user, key=key, password=password, code=code_of(key, before), address="", now=before)
    user.refresh_from_db()
    return key, codes


def code_of(key: str, at: datetime | None = None, steps: int = 0) -> str:
    """Return what the phone shows at `at`, so many half minutes later."""
    moment = int((at or datetime.now(UTC)).timestamp())
    return f"{totp(b32decode(key), t0=int(datetime.now(UTC).timestamp()) - moment, drift=steps):06}"


def half(client: Client, name: str = "alice") -> Client:
    """Take the first step of the sign-in."""
    assert press_login(client, name, f"{name}-Pass-1")["Location"] == CODE
    return client


def is_open(client: Client) -> bool:
    return client.get(MINE).status_code == 200
