"""Walks every address of the URLconf as one person and says what differs from the declaration.

Nothing here asks `visible_to`: whether an answer is right follows from the page's permission, the model that it opens
and the tables of `tests.matrix.people`. A problem is a sentence; a walk without problems returns none.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from itertools import combinations
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from billing.models import Order
from heating.jobs.models import Job
from heating.kit.pages import ListPage, Page
from org.models import DictEntry
from payments.models import Payment
from tests.house.test_pages import patterns
from tests.matrix.people import Principal
from tests.matrix.world import CARD, PAID, PHONES, POSITIONS, WORDS, Spot, World

# Permissions with which a page may show rows of another kind beside its own.
BESIDES = (
    "property.view_owner",
    "property.view_room",
    "property.view_community",
    "property.view_building",
    "property.view_unit",
    "property.view_changerequest",
    "billing.view_order",
    "billing.view_contract",
    "payments.view_payment",
    # 首页 names the jobs and imports of whoever runs the system.
    "jobs.view_all_job",
)
# What a job made holds rows of its maker's scope: only the maker gets it, whoever else may look at the job.
MAKERS = {"jobs:job-result", "jobs:job-errors", "jobs:job-retry"}
PERMISSIONS = {"jobs:job-cancel": "jobs.cancel_all_job"}
WRITES = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|COPY)\s+"?(\w+)', re.IGNORECASE)
SAVEPOINT = re.compile(r'\s*(SAVEPOINT|ROLLBACK TO SAVEPOINT)\s+"?(\w+)', re.IGNORECASE)
# Opens only a job of its own kind that one made oneself, and no such job is in the world.
OWN_JOBS = {"property:change-bulk-job"}
# What a look may write: the session, captchas, and that somebody looked.
HARMLESS = {"django_session", "captcha_captchastore", "audit_record"}


def pages() -> list[tuple[str, Any]]:
    """Return (name, page class) of every page of the URLconf."""
    found = [(name, getattr(view, "view_class", None)) for _route, name, view in patterns()]
    return [(name, page) for name, page in found if page is not None and issubclass(page, Page)]


def address(name: str, page: Any, spot: Spot) -> str:
    """Return the page's address for the row of a position."""
    if name == "org:parameter-edit":
        return reverse(name, args=[spot.office.company_id, "缴费账号固定长度"])
    if name in spot.others:
        return reverse(name, args=[spot.others[name].pk])
    return reverse(name, args=[spot.row(page).pk])


@cache
def takes_id(name: str) -> bool:
    return any(known == name and "<int:pk>" in route for route, known, _view in patterns())


@contextmanager
def watched() -> Iterator[list[str]]:
    """Collect the tables that are written, apart from the harmless ones."""
    written: list[str] = []
    marks: dict[str, int] = {}

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        found = WRITES.match(str(sql))
        if found and found.group(2) not in HARMLESS:
            written.append(found.group(2))
        elif found := SAVEPOINT.match(str(sql)):
            marks.setdefault(found.group(2), len(written))
            # A trial that is taken back, such as the effect of a change, has written nothing.
            if found.group(1).upper().startswith("ROLLBACK"):
                del written[marks[found.group(2)] :]
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield written


def text_of(answer: Any) -> str:
    """Return body and headers as text, workbooks unpacked."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    said = " ".join(f"{key}: {value}" for key, value in answer.headers.items())
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b" ".join(packed.read(name) for name in packed.namelist())
    return said + content.decode(errors="replace")


def amounts_of(positions: frozenset[str]) -> set[str]:
    """Return every sum of payments that only somebody sees who sees more than `positions`."""
    known = {sum(Decimal(PAID[p]) for p in some) for n in range(1, 6) for some in combinations(sorted(positions), n)}
    every = {sum(Decimal(PAID[p]) for p in some) for n in range(1, 6) for some in combinations(POSITIONS, n)}
    return {str(amount) for amount in every - known}


class Walk:
    """One person's walk; `problems` grows."""

    def __init__(self, world: World, who: Principal) -> None:
        self.world, self.who = world, who
        self.client = Client()
        self.client.force_login(who.user)
        self.problems: list[str] = []
        self.visited: set[str] = set()

    def say(self, what: str) -> None:
        self.problems.append(f"{self.who.name}: {what}")

    def ask(self, method: str, path: str, *, may_write: bool = False) -> tuple[int, str]:
        """Send one request, undo what it did, and return status and text."""
        with transaction.atomic(), watched() as written:
            answer = getattr(self.client, method)(path)
            text = text_of(answer)
            transaction.set_rollback(True)
        if written and not may_write:
            self.say(f"{method} {path} wrote {sorted(set(written))}")
        if answer.status_code >= 500:
            self.say(f"{method} {path} gave {answer.status_code}")
        return answer.status_code, text

    def leaks(self, path: str, text: str, words: frozenset[str], amounts: frozenset[str]) -> None:
        """Say which foreign words and sums stand in an answer."""
        for position in POSITIONS:
            if position not in words and WORDS[position] in text:
                self.say(f"{path} shows a word of {position}")
        if not self.who.holds("property.view_sensitive"):
            for secret in (*PHONES.values(), *(f"18{phone[2:]}" for phone in PHONES.values()), CARD):
                if secret in text:
                    self.say(f"{path} shows {secret}")
        plain = text.replace(",", "")
        for amount in amounts_of(amounts):
            if re.search(rf"(?<![\d.]){re.escape(amount)}(?!\d)", plain):
                self.say(f"{path} shows the sum {amount}")

    def page(self, name: str, page: Any) -> None:
        """Visit one page in all positions and with all methods."""
        self.visited.add(name)
        holds = self.who.holds(page.permission)
        if takes_id(name):
            # Without the permission nothing is looked up, so that one row stands for all.
            everywhere = holds and page.model is not DictEntry  # words are the same for all
            for spot in self.world.spots.values() if everywhere else [self.world.spots["own"]]:
                self.with_id(name, page, spot)
            return
        path = reverse(name)
        status, text = self.ask("get", path)
        if holds != (status != 403):
            self.say(f"get {path} gave {status}")
        words = self.words(page)
        self.leaks(path, text, words, self.sums(page))
        if holds:
            self.lists(page, path, text, words)
        self.others(name, path, holds)

    def lists(self, page: Any, path: str, text: str, words: frozenset[str]) -> None:
        """A list shows the visible rows, on screen and in the file, and no others whatever it is asked."""
        if not hasattr(page, "get"):
            return
        probes = [f"{path}?export=xlsx&size=100&page=1"]
        hidden = [spot for position, spot in self.world.spots.items() if position not in words]
        for spot in hidden:
            probes += [f"{path}?{key}={row.pk}" for key, row in self.ids(page, spot).items()]
            if issubclass(page, ListPage) or hasattr(page, "report"):
                probes.append(f"{path}?q={spot.word}&name={spot.word}&title={spot.word}&export=xlsx")
        for probe in probes:
            status, found = self.ask("get", probe)
            if status not in (200, 204, 302, 404, 422):
                self.say(f"get {probe} gave {status}")
            # What was asked for stands in the search box again.
            asked = {p for p in POSITIONS if WORDS[p] in probe}
            self.leaks(probe, found, words | asked, self.sums(page))
        if issubclass(page, ListPage) and page.model not in (None, Job):
            for position in self.who.sees(page.permission, page.model):
                if WORDS[position] not in text and position != "own" and page.model is not None:
                    self.say(f"{path} misses the row of {position}")

    def ids(self, page: Any, spot: Spot) -> dict[str, Any]:
        """Return rows of a position by the names under which the page asks for ids, in its search bar or its links."""
        named = {model._meta.model_name: row for model, row in spot.rows.items()} | {"company": spot.office.company}
        report = getattr(page, "report", None)
        asked = {*getattr(getattr(page, "filterset", None), "base_filters", ()), *getattr(report, "drill", ())}
        asked |= {*getattr(getattr(report, "question", None), "base_fields", ()), *getattr(page, "levels", ())}
        return {key: row for key, row in named.items() if key in asked}

    def with_id(self, name: str, page: Any, spot: Spot) -> None:
        """Visit the page of one row: 403 without the permission, 404 out of scope, else an answer."""
        path = address(name, page, spot)
        holds = self.who.holds(page.permission)
        seen = (
            name not in OWN_JOBS
            and holds
            and spot.position in self.who.sees(PERMISSIONS.get(name, page.permission), page.model)
        )
        if name in MAKERS:
            seen = spot.rows[Job].created_by_id == self.who.user.pk
        for method in ("get", "post"):
            status, text = self.ask(method, path, may_write=seen and method == "post")
            expected = {403} if not holds else {404, 405} if not seen else {200, 302, 405, 422}
            if status not in expected:
                self.say(f"{method} {path} ({name}) at {spot.position} gave {status}, expected {sorted(expected)}")
            self.leaks(path, text, self.words(page), self.sums(page))
        if spot.position == "own":
            self.others(name, path, holds)

    def others(self, name: str, path: str, holds: bool) -> None:
        """HEAD answers as GET; other methods do nothing."""
        # Whoever lacks the permission is refused before the method is looked at.
        for method in ("head", "put", "delete") if holds else ("put",):
            status, _text = self.ask(method, path)
            if (status == 403) != (not holds) or (method != "head" and holds and status != 405):
                self.say(f"{method} {path} gave {status}")

    def words(self, page: Any) -> frozenset[str]:
        """Return the positions whose words the page may show: those of its own permission and of what stands beside."""
        own = self.who.sees(page.permission, page.model) if page.model else self.who.sees_any([page.permission])
        if issubclass(page, ListPage):
            return own
        return own | self.who.sees_any([page.permission, *BESIDES])

    def sums(self, page: Any) -> frozenset[str]:
        """Return the positions whose payments the page may count."""
        permissions = [page.permission, "payments.view_payment", "billing.view_order", "reports.view_statement"]
        return frozenset().union(*(self.who.sees(v, Order) | self.who.sees(v, Payment) for v in permissions))


def walk(world: World, who: Principal, only: set[str] | None = None) -> Walk:
    """Walk all pages, or only some, and return the walk with its problems."""
    made = Walk(world, who)
    logging.disable(logging.CRITICAL)  # thousands of refusals, each with its traceback
    try:
        for name, page in pages():
            if only is None or name in only:
                made.page(name, page)
    finally:
        logging.disable(logging.NOTSET)
    return made
