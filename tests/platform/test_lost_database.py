"""The database goes away at the worst moments of one request."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.test import Client

from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.raise_request_exception = False
    client.force_login(build.cashier(build.site(build.company())))
    return client


def losing(*args: Any, **kwargs: Any) -> None:
    raise OperationalError("server closed the connection unexpectedly") from psycopg2.OperationalError()


def spoil_save(monkeypatch: Any) -> None:
    """Let every session change, and its save fail as when the server is gone."""
    monkeypatch.setattr("accounts.middleware._touch", lambda request, now: request.session.update({"changed": True}))
    monkeypatch.setattr(SessionStore.get_model_class(), "save", losing)


def test_a_session_that_cannot_be_saved_is_no_bad_request(signed_in: Client, monkeypatch: Any) -> None:
    spoil_save(monkeypatch)
    page = signed_in.get("/a/password")
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "再打开同一页面" in page.content.decode()


def test_after_a_post_the_sentence_leads_back_to_the_same_page(signed_in: Client, monkeypatch: Any) -> None:
    spoil_save(monkeypatch)
    page = signed_in.post("/a/password", {"old": "", "new": "", "again": ""})
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "操作可能已经完成" in page.content.decode() and "不要另开新页" in page.content.decode()


def test_a_session_that_another_request_ended_is_not_called_an_outage(signed_in: Client, monkeypatch: Any) -> None:
    # The negative control: nothing is wrong with the database.
    def touch(request: Any, now: Any) -> None:
        request.session.update({"changed": True})
        SessionStore.get_model_class().objects.all().delete()

    monkeypatch.setattr("accounts.middleware._touch", touch)
    assert signed_in.get("/a/password").status_code == 400
