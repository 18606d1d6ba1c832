"""The product with the settings of a production machine, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from http.cookies import Morsel, SimpleCookie

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.models import User
from tests import build
from tests.database import ROOT

# A sign-in at the real page over https: the cookies, and what http answers.
SIGN_IN = """
import json, re, django
django.setup()
from captcha.models import CaptchaStore
from django.test import Client
over = Client(enforce_csrf_checks=True, HTTP_HOST="heat.example.com", HTTP_X_FORWARDED_PROTO="https")
page = over.get("/a/login").content.decode()
hidden = dict(re.findall(r'name="(csrfmiddlewaretoken|captcha_key)" value="(\\w+)"', page))
answer = CaptchaStore.objects.get(hashkey=hidden["captcha_key"]).response
fields = hidden | {"username": "alice", "password": "alice-Pass-1", "captcha": answer}
done = over.post("/a/login", fields, headers={"Referer": "https://heat.example.com/a/login"})
plain = Client(HTTP_HOST="heat.example.com").get("/a/login")
print(json.dumps({
    "codes": [done.status_code, over.get("/a/password").status_code, plain.status_code],
    "to": plain["Location"], "cookies": [cookie.OutputString() for cookie in done.cookies.values()],
    "headers": dict(plain.headers),
}))
"""


def production(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the product as production would, on this test's database."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "HEATING_VAR")}
    deployed = {
        "HEATING_MODE": "production",
        "DJANGO_SETTINGS_MODULE": "heating.settings",
        "DATABASE_URL": settings.DATABASE_URL.rpartition("/")[0] + f"/{connection.settings_dict['NAME']}",
        "SECRET_KEY": "".join(chr(33 + n) for n in range(60)),
        "FIELD_KEY": "".join(chr(122 - n) for n in range(60)),
        "ALLOWED_HOSTS": "heat.example.com",
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=kept | deployed | changes, capture_output=True, text=True, timeout=120
    )


def test_deployment_check_has_nothing_to_say() -> None:
    done = production("-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEY", "DATABASE_URL"])
def test_a_missing_secret_refuses_to_start(name: str) -> None:
    done = production("manage.py", "check", **{name: ""})
    assert done.returncode != 0 and f"{name} must be set" in done.stderr


@pytest.mark.django_db(transaction=True)
def test_cookies_stay_with_this_host_and_https() -> None:
    build.cashier(build.site(build.company()))
    User.objects.update(password=make_password("alice-Pass-1", hasher="argon2"))
    done = production("-c", SIGN_IN)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["codes"] == [302, 200, 301] and seen["to"] == "https://heat.example.com/a/login"
    cookies: dict[str, Morsel[str]] = {}
    for line in seen["cookies"]:
        cookies |= SimpleCookie(line)
    assert set(cookies) == {"__Host-sessionid", "__Host-csrftoken"}
    for cookie in cookies.values():
        assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax"
        assert cookie["path"] == "/" and not cookie["domain"]
    assert not cookies["__Host-sessionid"]["max-age"]  # gone with the browser
    assert seen["headers"]["X-Frame-Options"] == "DENY" and "Content-Security-Policy" in seen["headers"]
