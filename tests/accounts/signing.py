"""Helpers of the sign-in tests: what a person does at the page, over the real views and database.

They read the page itself: Django's `response.context` mixes the pages of parallel clients.
"""

import re
from html import unescape
from typing import Any

from captcha.models import CaptchaStore
from django.test import Client

LOGIN = "/a/login"
KEY = re.compile(r'name="captcha_key" value="(\w+)"')
VALUE = re.compile(r"'(?:[^']|'')*'(?:::\w+)?|\b\d+\b|NULL|\"s\d+_x\d+\"")
SENTENCE = re.compile(r'(?:role="alert">|_error">)([^<]+)</div>')


def fresh_captcha(client: Client, **extra: Any) -> CaptchaStore:
    """Open the page and return the captcha that it shows."""
    key = KEY.search(client.get(LOGIN, **extra).content.decode())[1]
    return CaptchaStore.objects.get(hashkey=key)


def press_login(client: Client, username: str = "alice", password: str = "", **changes: Any) -> Any:
    """Fill the page in, with the right captcha unless `changes` says otherwise, and press 登录."""
    extra = changes.pop("extra", {})
    fields = {"username": username, "password": password}
    if "captcha_key" not in changes:
        captcha = fresh_captcha(client, **extra)
        fields |= {"captcha_key": captcha.hashkey, "captcha": captcha.response}
    return client.post(LOGIN, fields | changes, **extra)


def errors(response: Any) -> list[str]:
    """Return the sentences that the page shows."""
    return [unescape(found).strip() for found in SENTENCE.findall(response.content.decode())]


def shape(sql: str) -> str:
    """Return a statement without its values."""
    return VALUE.sub("?", sql)
