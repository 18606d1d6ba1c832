"""A money event is balanced and is posted once; the sums of a building are defined once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction

from billing.models import LedgerEntry, LedgerGroup
from billing.services.ledger import Entry, pair, post
from billing.states import CHARGED, Side
from heating.kit.errors import Refusal
from tests import build

pytestmark = pytest.mark.django_db
ON = date(2025, 11, 1)
ROOT = Path(__file__).parents[2]
CASH, OWED = "cash", "receivable"


def entry(account: str, side: Side, amount: str) -> Entry:
    return Entry(account, side, Decimal(amount))


UNSOUND = [
    [],
    [entry(CASH, Side.DEBIT, "1.00")],
    [entry(CASH, Side.DEBIT, "1.00"), entry(OWED, Side.CREDIT, "0.99")],
    [entry(CASH, Side.DEBIT, "1.00"), entry(OWED, Side.DEBIT, "1.00")],
    [entry(CASH, Side.DEBIT, "0.00"), entry(OWED, Side.CREDIT, "0.00")],
    [entry(CASH, Side.DEBIT, "-1.00"), entry(OWED, Side.CREDIT, "-1.00")],
]


@pytest.mark.parametrize("lines", UNSOUND)
def test_an_unbalanced_event_is_not_posted(lines: list[Entry]) -> None:
    room = build.room()
    with pytest.raises(ValueError, match="test:1"):
        post("test:1", lines, on=ON, place=room, actor=None)
    assert not LedgerGroup.objects.exists()


def test_an_event_is_posted_once() -> None:
    room = build.room()
    lines = pair(CHARGED, Decimal("5.00"), room_id=room.pk)
    group = post("test:1", lines, on=ON, place=room, actor=None, note="x")
    with pytest.raises(Refusal, match="已经记过"), transaction.atomic():
        post("test:1", pair(CHARGED, Decimal("6.00")), on=ON, place=room, actor=None)
    assert (group.company_id, group.office_id, group.note) == (room.company_id, room.office_id, "x")
    rows = LedgerEntry.objects.values_list("group__source", "account", "side", "amount", "room_id")
    assert sorted(rows) == [
        ("test:1", "heat_income", "credit", Decimal("5.00"), room.pk),
        ("test:1", "receivable", "debit", Decimal("5.00"), room.pk),
    ]


@pytest.mark.parametrize(
    ("table", "model", "writers"),
    [
        ("billing_ledgergroup", "LedgerGroup", {"billing/bulk/ledger.py", "billing/services/ledger.py"}),
        ("billing_ledgerentry", "LedgerEntry", {"billing/bulk/ledger.py", "billing/services/ledger.py"}),
        ("billing_seasonrollup", "SeasonRollup", {"billing/bulk/rollup.py"}),
    ],
)
def test_ledger_and_rollup_are_written_in_one_place(table: str, model: str, writers: set[str]) -> None:
    found = set()
    for app in ("billing", "payments", "property", "meters", "reports", "heating", "org", "accounts"):
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text()
            writes = (f"INTO {table}", f"UPDATE {table}", f"{model}.objects.create", f"{model}.objects.bulk_create")
            if "migrations" not in path.parts and any(word in text for word in writes):
                found.add(path.relative_to(ROOT).as_posix())
    assert found == writers
