"""Every event that the code can record is shown by the list, the detail page and the export of the log, in words."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.states import contract_flow, season_flow
from heating.approvals.states import approval_flow
from heating.audit.models import Record
from heating.imports.importer import made_labels
from reports.logs import readable
from reports.logs.words import EVENTS, RESULTS
from tests import build
from tests.matrix.walk import text_of

pytestmark = pytest.mark.django_db

COUNTS = dict.fromkeys(("communities", "buildings", "units", "rooms", "owners", "contracts", "orders", "old_debts"), 3)
OFFICE = {"name": "东站", "kind": "site", "level": 2, "code": "01", "sort": 1, "manager": "", "parent": "本公司"}
WORD = {"dictionary": "优抚类型", "code": "x", "label": "低保", "aliases": "", "sort": 1, "active": True}
TERMS = {"name": "居民", "months": "4.00", "relief.normal": {"method": "rate", "window_from": "2025-09-01"}}
AREA = {"floor_area": "89.55", "height": "3.00", "relief": "normal"}
# (before, after) as the services write them, by event; what is not here records neither.
SIDES: dict[str, tuple[Any, Any]] = {
    "office.add": (None, OFFICE),
    "office.edit": (OFFICE, OFFICE | {"name": "西站", "above": 3}),
    "office.delete": (OFFICE, None),
    "dictentry.add": (None, WORD),
    "dictentry.edit": (WORD, WORD | {"active": False}),
    "dictentry.delete": (WORD, None),
    "parameter.set": ("10", "12"),
    "role.add": (None, {"title": "收费员", "scope": "office"}),
    "role.edit": ({"title": "收费员", "scope": "office", "office": "东站"}, {"title": "出纳", "scope": "own"}),
    "role.assign": (3, 5),
    "role.offices": (["东站"], ["东站", "西站"]),
    "role.jurisdiction": ([], ["幸福小区"]),
    "role.delete": ({"title": "收费员"}, None),
    "user.add": (None, {"username": "alice", "roles": ["收费员"]}),
    "user.edit": ({"name": "甲", "roles": []}, {"name": "乙", "roles": ["收费员"]}),
    "user.roles": ({"roles": []}, {"roles": ["收费员"]}),
    "user.jurisdiction": ([], ["幸福小区"]),
    "user.import": (None, {"users": 2, "overseen": 1}),
    "user.import_undo": (None, {"users": 2}),
    "login.lock": (None, {"until": "2025-11-20 10:00"}),
    "batch.upload": (None, {"kind": "rooms", "sha256": "0" * 64, "size": 9}),
    "batch.commit": ("checked", "committing"),
    "batch.undo": ("committed", None),
    "system.rotate_key": (None, {"owners": 3, "requests": 1, "phones": 2}),
    "list.export": (None, {"conditions": "小区名称：幸福", "rows": 12}),
    "job.cancel": ("queued", "cancelled"),
    "job.retry": ("failed", "queued"),
    "building.fill": (None, {"units": 2, "rooms": 24, "accounts": ["0001", "0024"]}),
    "community.move": ({"office": "东站"}, {"office": "西站", "rooms": 3, "contracts": 2, "orders": 2}),
    "building.move": ({"community": "甲"}, {"community": "乙", "rooms": 3, "contracts": 2, "orders": 2}),
    "unit.move": ({"building": "甲"}, {"building": "乙", "rooms": 3, "contracts": 2, "orders": 2}),
    "room.add": (None, {"account_no": "0001", "floor_area": "89.55"}),
    "room.import": (None, COUNTS | {"unbillable": 1}),
    "room.import_requests": (None, {"requests": 4}),
    "room.import_undo": (
        None,
        COUNTS | {"requests": 1, "ledger": 2, "rollup": 1, "empty_rollup": 1, "lines": 3, "ids": [1]},
    ),
    "owner.add": (None, {"number": "Y1", "kind": "private", "relief": "normal"}),
    "owner.import": (None, {"owners": 3}),
    "owner.import_undo": (None, {"owners": 3}),
    "owner.switch": (True, False),
    "owner.delete": ({"number": "Y1"}, None),
    "change.submit": (AREA, AREA | {"floor_area": "90.00"}),
    "change.edit": ({"state": "pending", **AREA}, {"state": "pending", **AREA, "height": "3.50"}),
    "attachment.add": (None, {"request": "BG1", "sha256": "0" * 64}),
    "season.add": (None, "2025-2026"),
    "product.add": (None, TERMS),
    "product.save": (TERMS, TERMS | {"months": "5.00"}),
    "product.activate": (None, 2),
    "product.copy": ("旧", "新"),
    "product.deactivate": (True, False),
    "product.delete": ("旧", None),
    "contract.submit": (None, "pending"),
    "contract.state": ("approved", "terminated"),
    "order.state": ("unpaid", "paid"),
    "order.rerate": (
        {"floor_area": "89.55", "vacancy": False, "relief": "normal", "principal": "1.00", "heated_days": "120"},
        {"floor_area": "90.00", "vacancy": True, "relief": "normal", "principal": "2.00", "version": "居民 v2"},
    ),
    "order.roll": (None, {"on": "2025-11-20", "orders": 3}),
    "order.add_arrears": (None, {"season": "2024-2025", "principal": "10.00"}),
    "bill_run.finish": (None, {"orders": 3, "principal": "300.00", "skipped": 1}),
    "excess.add": (None, {"owner": "Y1", "amount": "1.00"}),
    "payment.take": ("pending", "succeeded"),
    "payment.reverse": ("succeeded", "reversed"),
}
SIDES |= {f"{thing}.add": (None, {"name": "甲"}) for thing in ("community", "building", "unit")}
SIDES |= {f"{thing}.delete": ({"name": "甲"}, None) for thing in ("community", "building", "unit")}
SIDES |= {f"{thing}.edit": ({"name": "甲", "note": ""}, {"name": "乙"}) for thing in ("community", "building", "unit")}
SIDES |= {
    f"{thing}.{way}": (way == "disable", way == "enable") for thing in ("role", "user") for way in ("enable", "disable")
}
FLOWS = {"contract": contract_flow, "season": season_flow, "change": approval_flow}
STEPS = {f"{thing}.{step}" for thing, flow in FLOWS.items() for step in flow.transitions}
SEASON = {event for event in STEPS if event.startswith("season.")}
SIDES |= dict.fromkeys(SEASON, ("preparing", "collecting"))
SIDES |= dict.fromkeys(STEPS - SIDES.keys(), ("pending", "approved"))
BARE = {
    *(f"{thing}.{way}" for thing in ("office", "community", "building", "unit") for way in ("enable", "disable")),
    *("owner.reveal", "attachment.download", "attachment.remove", "receipt.reprint"),
    *("user.second_factor_on", "user.second_factor_off", "user.recovery_codes", "user.second_factor_release"),
    "escalation.refuse",
    *("user.backoffice", "user.unlock", "user.reset_password", "user.change_password"),
    *(event for event in RESULTS if event != "login.lock"),
}
# The model that an event is about, where it is not called like the thing.
MODELS = {
    "change": "property.changerequest",
    "login": "accounts.user",
    "logout": "accounts.user",
    "bill_run": "billing.billrun",
    "batch": "imports.batch",
    **{event: "imports.batch" for event in SIDES if "import" in event},
    **dict.fromkeys(("product.add", "product.save", "product.activate", "product.copy"), "billing.productversion"),
    "order.roll": "",
    "list.export": "",
    "system.rotate_key": "",
    "escalation.refuse": "accounts.user",
}
KEY = re.compile(r"[a-z][a-z_.]*[a-z]")


def exported(client: Client, address: str) -> str:
    """Return the text of a log's workbook."""
    answer = client.get(reverse(address), {"export": "xlsx"})
    assert answer.status_code == 200
    return text_of(answer)


def model_of(event: str) -> str:
    thing = event.partition(".")[0]
    if event in MODELS or thing in MODELS:
        return MODELS.get(event, MODELS.get(thing, ""))
    return next(m._meta.label_lower for m in apps.get_models() if m._meta.model_name == thing)


def written(event: str, user: User) -> Record:
    before, after = SIDES.get(event, (None, None))
    return Record.objects.create(
        actor=user, actor_name="甲", event=event, target_type=model_of(event), target_id=1, target_text="乙",
        before=before, after=after, office_id=user.office_id,
    )  # fmt: skip


@pytest.fixture
def reader(client: Client) -> User:
    office = build.company()
    role = build.role(office, "audit.view_record", "accounts.view_loginlog")
    client.force_login(user := build.user("reader", office, role))
    return user


def test_every_event_has_an_example() -> None:
    ways = ("add", "edit", "move", "enable", "disable", "delete")
    places = {f"{thing}.{way}" for thing, way in product(("community", "building", "unit"), ways)}
    known = set(EVENTS) | set(RESULTS)
    assert places | STEPS <= known
    assert known - SIDES.keys() - BARE == set()
    assert (SIDES.keys() | BARE) - known == set()


def test_every_event_is_shown_on_all_pages_of_the_log(client: Client, reader: User) -> None:
    rows = [written(event, reader) for event in EVENTS]
    for row in rows:
        assert client.get(reverse("reports:log-list"), {"event": row.event}).status_code == 200, row.event
        page = client.get(reverse("reports:log-detail", args=[row.pk]))
        assert page.status_code == 200 and EVENTS[row.event] in page.content.decode(), row.event
    for address in ("reports:log-list", "reports:login-list"):
        assert client.get(reverse(address), {"size": "100"}).status_code == 200
        assert exported(client, address)
    for event in RESULTS:
        written(event, reader)
    said = exported(client, "reports:log-list") + exported(client, "reports:login-list")
    assert [word for word in (EVENTS | RESULTS).values() if word not in said] == []


def unreadable(row: Record) -> list[str]:
    """Return the labels and states of a row that are names of the code."""
    found = readable.changes(row)
    texts = [change.label for change in found]
    states = [text for c in found if c.label == "状态" for text in (c.before, c.after)]
    return [text for text in [*(part for text in texts for part in text.split()), *states] if KEY.fullmatch(text)]


def test_no_event_shows_a_name_of_the_code(reader: User) -> None:
    found = {event: names for event in SIDES if (names := unreadable(written(event, reader)))}
    assert found == {}


def test_everything_that_an_import_counts_has_a_word() -> None:
    assert COUNTS.keys() <= made_labels().keys()


def test_a_label_read_from_any_relation_is_found(client: Client, reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """As before: `rooms` of a move is also the relation from the rooms, which has no name to show."""
    monkeypatch.setattr(readable, "_field", lambda row, name: apps.get_model(row.target_type)._meta.get_field(name))
    row = written("building.move", reader)
    with pytest.raises(AttributeError):
        client.get(reverse("reports:log-detail", args=[row.pk]))
