"""What the base of every page does before and after the page's own work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.db import DataError, OperationalError, connection, transaction
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from accounts.models import DataScope, User
from heating.kit.errors import Refusal
from heating.kit.pages.base import MAX_ID, Page
from property.models import Room
from tests import build


class Probe(Page):
    """A page that does what the test gives it."""

    permission = "property.view_room"
    work: Callable[[], Any] = staticmethod(lambda: None)

    def get(self, request: Any, **kwargs: Any) -> HttpResponse:
        self.work()
        return HttpResponse("inside")


class Open(Probe):
    """For everybody who is signed in."""

    permission = ""


def ask(page: type[Page], person: Any, work: Callable[[], Any] | None = None, **kwargs: Any) -> HttpResponse:
    request = RequestFactory().get("/a/probe/")
    request.user, request.htmx = person, None
    request._messages = CookieStorage(request)
    options = {"work": work} if work else {}
    view = type("Asked", (page,), {name: staticmethod(value) for name, value in options.items()}).as_view()
    return view(request, **kwargs)


def failing(error: Exception) -> Callable[[], Any]:
    def work() -> None:
        raise error

    return work


@pytest.fixture
def reader(db: Any) -> User:
    company = build.company()
    return build.user("reader", company, build.role(company, "property.view_room", scope=DataScope.OFFICE))


def test_only_a_holder_of_the_permission_comes_in(reader: User) -> None:
    assert ask(Probe, reader).content == b"inside"
    assert ask(Open, build.user("guest", reader.office)).content == b"inside"
    with pytest.raises(PermissionDenied):
        ask(Probe, build.user("nobody", reader.office))
    for page in (Probe, Open):
        answer = ask(page, AnonymousUser())
        assert answer.status_code == 302 and answer["Location"] == "/a/login?next=/a/probe/"


def test_an_id_beyond_the_column_is_not_found(reader: User) -> None:
    assert ask(Probe, reader, pk=MAX_ID, name="9" * 40).content == b"inside"
    with pytest.raises(Http404):
        ask(Probe, reader, pk=MAX_ID + 1)
    with pytest.raises(Http404):
        ask(Probe, reader, pk=1, other=MAX_ID + 1)


def database_error(code: str) -> Exception:
    """Return what Django makes of a fault that PostgreSQL raises with this code."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$")
    except Exception as error:
        return error
    raise AssertionError(code)


def test_what_the_work_says_is_answered(reader: User) -> None:
    for error in (
        Room.DoesNotExist(),
        DataError("integer out of range"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, ""),
    ):
        with pytest.raises(Http404):
            ask(Probe, reader, failing(error))
    for error in (Refusal("不行"), database_error("55P03")):
        answer = ask(Probe, reader, failing(error))
        assert answer.status_code == 302 and answer["Location"] == "/a/"
    with pytest.raises(OperationalError, match="gone away"):
        ask(Probe, reader, failing(OperationalError("gone away")))


def test_no_page_is_kept_by_a_browser_or_a_proxy(reader: User) -> None:
    kept = ask(Probe, reader)["Cache-Control"]
    assert "no-store" in kept and "private" in kept


def test_a_row_is_fetched_inside_the_scope_only(reader: User) -> None:
    here, there = build.room(office=reader.office), build.room(office=build.site(reader.office))
    page = Probe()
    page.request = RequestFactory().get("/")
    page.request.user = reader
    assert page.fetch(Room.objects.all(), here.pk) == here
    with pytest.raises(Room.DoesNotExist):
        page.fetch(Room.objects.all(), there.pk)


def test_a_post_without_a_session_is_told_that_nothing_was_done(db: Any, client: Any) -> None:
    answer = client.post("/a/payments/rooms/1/till/", {"amount": "10"})
    assert answer.status_code == 302 and "unsent=1" in answer["Location"]
    assert "没有收款" in client.get(answer["Location"]).content.decode()
