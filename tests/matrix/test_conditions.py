"""Every condition of every list and statement, with every choice and with odd values: an answer, never a fault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import DataScope, User
from heating.kit.pages import ListPage, PickPage
from heating.kit.pages import list as listing
from property.lists import OwnerList
from reports.base import ReportPage
from tests import build
from tests.matrix.walk import address, pages, takes_id, text_of
from tests.matrix.world import OTHER, OWN, Spot, World, make_world

pytestmark = pytest.mark.django_db

ODD = (
    "金\x00丝",
    str(10**20),
    "-1",
    "２０２５",
    "99999-01-01",
    "99999",
    "2025-02-30",
    "%\\'<b>",
    "\ud800",
    "长" * 5000,
    "NaN",
    "²",
)
SCREENS = (
    *({"page": value, "size": size} for value, size in (("0", "0"), ("-1", "20"), ("2", "50"), ("999999", "100"))),
    *({"page": "９", "size": "１００"}, {"page": str(10**20), "size": str(10**20)}),
    *({"sort": value} for value in ("\x00", "-", "--pk", "password")),
    {"export": "csv"},
)


def everybody(world: World) -> User:
    """Return a person who may do everything everywhere."""
    rows = Permission.objects.values_list("content_type__app_label", "codename")
    role = build.role(world.company, *(f"{app}.{name}" for app, name in rows), scope=DataScope.ALL)
    return build.user("everything", world.company, role)


def sweepable() -> list[tuple[str, Any]]:
    """Return (name, page) of every page with conditions in its query string."""
    return [(name, page) for name, page in pages() if issubclass(page, ListPage | PickPage | ReportPage)]


def form_of(page: Any, user: User) -> Any:
    """Return the form with a page's conditions, or None."""
    request = RequestFactory().get("/")
    request.user = user
    if issubclass(page, ReportPage):
        return page.report.question(None, user=user, permission=page.report.permission)
    if issubclass(page, PickPage):
        return page.search_class({}, user=user, permission=page.permission)
    if page.filterset is None:
        return None
    made = page(request=request)
    return page.filterset({}, queryset=made.get_queryset(), request=request).form


def queries_of(page: Any, user: User, foreign: Spot) -> Iterator[dict[str, str]]:
    """Yield every query string: each value of each condition, the first also as a workbook; each sort; each page."""
    ids = [str(row.pk) for row in foreign.rows.values()]
    form = form_of(page, user)
    for name, field in form.fields.items() if form is not None else ():
        offered = [str(value) for value, _label in getattr(field, "choices", ()) if str(value)]
        for value in dict.fromkeys((*offered, *ODD, *(ids if offered else ()))):
            yield {name: value}
        for value in offered[:2] or ("2025-11-20", "1"):
            yield {name: value, "export": "xlsx"}
    if issubclass(page, ListPage):
        for column in page.table.columns:
            yield {"sort": column.name}
            yield {"sort": f"-{column.name}"}
        yield {"sort": f"-{page.table.columns[0].name}", "export": "xlsx"}
        yield from SCREENS
    for drill in getattr(getattr(page, "report", None), "drill", ()):
        for value in (*ODD, *ids):
            yield {drill: value}


def faults(name: str, page: Any, world: World, user: User, only: str = "") -> list[str]:
    """Return what a page answered with a fault, or refused as if it did not exist.

    A statement of a place that is not there is a 404, as every row out of reach.
    """
    client = Client(raise_request_exception=False)
    client.force_login(user)
    path = address(name, page, world.spots[OWN]) if takes_id(name) else reverse(name)
    found = []
    drill = set(getattr(getattr(page, "report", None), "drill", ()))
    for query in queries_of(page, user, world.spots[OTHER]):
        if only and only not in query:
            continue
        with transaction.atomic():
            asked = {key: value.encode(errors="surrogatepass") for key, value in query.items()}
            answer = client.get(f"{path}?{urlencode(asked)}")
            text_of(answer)
            transaction.set_rollback(True)
        if answer.status_code not in ((200, 404) if drill & query.keys() else (200, 422)):
            found.append(f"{path} {ascii(query)[:120]} gave {answer.status_code}")
    return found


@pytest.mark.parametrize("name", [name for name, _page in sweepable()])
def test_every_condition_of_every_list_is_answered(name: str) -> None:
    world = make_world()
    assert faults(name, dict(sweepable())[name], world, everybody(world)) == []


def test_a_condition_that_cannot_be_said_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """As before: choices that are asked for at the moment of use were read as if they were a list."""
    monkeypatch.setattr(listing, "text_of", lambda field, value: str(len(getattr(field, "choices", ()))))
    world = make_world()
    found = faults("property:owner-list", OwnerList, world, everybody(world), only="relief")
    assert any("relief" in fault and fault.endswith("gave 500") for fault in found)
