"""Each standard role alone: whatever its holder is offered opens, and whatever they may do ends on an open page."""

from __future__ import annotations

import inspect
import re
from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from accounts.models import DataScope
from accounts.registry import StandardRole
from heating.kit.pages import FormPage, Page, PickPage
from heating.standard_roles import JOBS
from tests.matrix.people import principal
from tests.matrix.walk import pages
from tests.matrix.world import make_world

LINK = re.compile(r'(?:href|hx-get|action)="([^"#][^"]*)"')
NAMED = re.compile(r'"([a-z]+:[a-z-]+)"')
# Data scopes that reach at least as far as each one; 辖区 and 按明细 reach only themselves.
WIDER = {
    DataScope.OWN: set(DataScope.values),
    DataScope.OFFICE: {DataScope.OFFICE, DataScope.OFFICE_BELOW, DataScope.COMPANY, DataScope.COMPANY_BELOW},
    DataScope.OFFICE_BELOW: {DataScope.OFFICE_BELOW, DataScope.COMPANY, DataScope.COMPANY_BELOW},
    DataScope.COMPANY: {DataScope.COMPANY, DataScope.COMPANY_BELOW},
    DataScope.COMPANY_BELOW: {DataScope.COMPANY_BELOW},
    DataScope.JURISDICTION: {DataScope.JURISDICTION},
    DataScope.CHOSEN: {DataScope.CHOSEN},
    DataScope.ALL: set(),
}
# The result of a payment is one's own payment.
OWN_RESULT = {("payments:till", "payments:payment-done")}


def scope_of(job: StandardRole, permission: str) -> str:
    """Return the data scope of a permission in a standard role, or "" when it does not hold it."""
    return next((scope for scope, names in {job.scope: job.own, **job.others}.items() if permission in names), "")


def results(page: type[Page]) -> Iterator[str]:
    """Yield the URL names of the pages to which a write leads: those of its methods and of its `back`."""
    for method in ("success_url", "back_url", "done"):
        if function := getattr(page, method, None):
            yield from NAMED.findall(inspect.getsource(function))
    back = getattr(page, "back", "")
    if isinstance(back, str) and ":" in back:
        yield back


def gaps(job: StandardRole, known: list[tuple[str, Any]]) -> list[str]:
    """Return the writes of a standard role whose result it could not look at."""
    classes = dict(known)
    found = []
    for name, page in known:
        scope = scope_of(job, page.permission)
        if not scope or not (issubclass(page, FormPage | PickPage) or hasattr(page, "post")):
            continue
        for result in set(results(page)) & set(classes):
            wanted = classes[result].permission
            there = scope_of(job, wanted)
            wide = {DataScope.ALL, scope, *WIDER[DataScope(scope)]}
            if wanted and not (there in wide or (there and (name, result) in OWN_RESULT)):
                found.append(f"{job.title}: {name} ({page.permission}, {scope}) → {result} ({wanted}, {there or 'no'})")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("job", JOBS)
def test_a_standard_role_sees_the_result_of_all_that_it_may_do(job: str) -> None:
    assert gaps(JOBS[job], list(pages())) == []


@pytest.mark.django_db
def test_a_role_that_cannot_look_is_found() -> None:
    blind = StandardRole("盲", "ordinary", "company", ("payments.take_payment",))
    assert len(gaps(blind, list(pages()))) == 1
    near = {"office": ("property.view_changerequest",)}
    narrow = StandardRole("窄", "ordinary", "company", ("property.request_room_change", "property.view_room"), near)
    assert any("change-detail" in gap for gap in gaps(narrow, list(pages())))


def links(path: str, content: str) -> Iterator[str]:
    for link in LINK.findall(content):
        address = urljoin(path, link.replace("&amp;", "&"))
        if urlsplit(address).path.startswith("/a/") and not address.startswith("/a/log"):
            yield address


def kind_of(address: str) -> str:
    """Return the name of an address's page, so that of a thousand rows one is looked at."""
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return parts.path
    return f"{found.view_name} {'export' in parts.query}"


def closed(client: Client, first: str = "/a/") -> tuple[list[str], set[str]]:
    """Follow every kind of link that is offered from the overview on; return what did not open, and what did."""
    waiting, seen, wrong = deque([(first, "")]), {kind_of(first)}, []
    while waiting:
        address, source = waiting.popleft()
        answer = client.get(address, follow=True)
        if answer.status_code not in (200, 405):
            wrong.append(f"{answer.status_code} {address} offered on {source}")
        if answer.streaming:
            answer.getvalue()
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        for link in links(address, answer.content.decode()):
            if (kind := kind_of(link)) not in seen:
                seen.add(kind)
                waiting.append((link, address))
    return wrong, seen


@pytest.mark.django_db
@pytest.mark.parametrize("job", JOBS)
def test_every_page_that_is_offered_opens(job: str) -> None:
    world = make_world()
    client = Client()
    client.force_login(principal(job, world).user)
    wrong, seen = closed(client)
    assert not wrong, "\n".join(wrong)
    assert len(seen) > 3


@pytest.mark.django_db
def test_a_dead_link_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    client = Client()
    client.force_login(principal("CA", world).user)
    till = resolve(reverse("payments:counter")).func.view_class
    monkeypatch.setattr(till, "permission", "accounts.view_role")
    assert any(reverse("payments:counter") in wrong for wrong in closed(client)[0])
