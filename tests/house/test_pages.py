"""The house rules about pages: every address is a page that declares its permission."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from heating.jobs import urls as jobs_urls
from heating.kit.pages import Page
from tests import build

JOBS = [entry.name for entry in jobs_urls.urlpatterns]
# Anybody may open these; everything else needs a sign-in.
PUBLIC = {
    "accounts:login",
    "accounts:login-code",
    "accounts:logout",
    "captcha-refresh",
    "captcha-image",
    "health",
    "metrics",
}
# A sign-in is enough, no permission is asked.
# (Everybody sees their own long work.)
EVERYBODY = {
    "accounts:password",
    "accounts:alive",
    "accounts:columns",
    "accounts:second-factor",
    "accounts:recovery-codes",
    "accounts:second-factor-off",
    "reports:home",
    *(f"jobs:{name}" for name in JOBS),
}

# The same as addresses, for somebody without a role.
OPEN = ("/a/", "/a/alive", "/a/columns", "/a/password", "/a/otp", "/a/otp/codes", "/a/otp/off")


def patterns(resolver: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield (route, name, view) of every address outside the back office."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            if entry.namespace != "admin":
                yield from patterns(entry, prefix + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), f"{space}{entry.name}", entry.callback


def undeclared(found: list[tuple[str, str, Any]], known: set[str]) -> list[str]:
    """Return the addresses that are no page with an existing permission and stand in no list."""
    wrong = []
    for route, name, view in found:
        page = getattr(view, "view_class", None)
        if name in PUBLIC or name in EVERYBODY:
            continue
        if page is None or not issubclass(page, Page) or page.permission not in known:
            wrong.append(f"{route} ({name})")
    return wrong


@pytest.fixture
def permissions(db: Any) -> set[str]:
    rows = Permission.objects.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def test_every_address_declares_an_existing_permission(permissions: set[str]) -> None:
    found = list(patterns())
    assert len(found) > 10
    assert undeclared(found, permissions) == []


def test_an_undeclared_address_is_red(permissions: set[str]) -> None:
    class Forgetful(Page):
        permission = ""

    assert undeclared([("a/x", "x", Forgetful.as_view())], permissions) == ["a/x (x)"]
    assert undeclared([("a/y", "y", lambda request: None)], permissions) == ["a/y (y)"]


def addresses() -> list[str]:
    """Every address of a page, with 1 in the place of each id."""
    found = []
    for route, name, view in patterns():
        page = getattr(view, "view_class", None)
        if page is not None and issubclass(page, Page):
            arguments = route.count("<")
            found.append(reverse(name, args=[1] * arguments))
    return found


def test_without_a_sign_in_every_page_leads_to_it(db: Any, client: Client) -> None:
    for address in addresses():
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 302 and answer["Location"].startswith("/a/login"), address


def test_without_a_role_every_page_is_refused_or_empty(db: Any, client: Client) -> None:
    client.force_login(build.user("nobody", build.company()))
    for address in addresses():
        if address not in OPEN and not address.startswith("/a/jobs/"):
            assert client.get(address).status_code == 403, address
            assert client.post(address).status_code == 403, address
