"""Frauds and corruptions that keep the sums: each is found by a rule, sealed or not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from billing.models import LedgerGroup, Order, PrepaymentEntry
from heating.audit.queries import verify_seals
from heating.audit.services import seal_rows
from reports.books import INVARIANTS, check_books
from tests.bookkeeping import full_books, vandalise
from tests.frauds import FRAUDS, NOT_SEALED

pytestmark = pytest.mark.django_db


def broken() -> set[str]:
    return {finding.invariant.code for finding in check_books() if not finding.ok}


def planted(name: str) -> None:
    """Commit the fraud, with unique and check constraints out of the way."""
    for sql in FRAUDS[name][1]:
        assert vandalise(sql) > 0, sql


def test_sound_books_break_no_rule_and_have_everything_in_them(db):
    full_books()
    assert broken() == set()
    kinds = {source.split(":")[0] for source in LedgerGroup.objects.values_list("source", flat=True)}
    assert kinds == {"payment", "order", "bill_run", "roll"}
    assert LedgerGroup.objects.filter(source__contains=":surplus:").exists()
    assert Order.objects.filter(fee_kind="supplement").count() == 1
    assert Order.objects.filter(late_accrued__gt=0).exists()
    assert PrepaymentEntry.objects.count() >= 2


def test_every_fraud_is_found_by_its_rule_and_by_the_chain(db):
    full_books()
    seal_rows(now=datetime(2026, 2, 6, tzinfo=UTC))
    vandalise("SELECT 1", constraints=False)
    unnoticed = {}
    for name, (code, _) in FRAUDS.items():
        before = transaction.savepoint()
        planted(name)
        found = broken()
        if code not in found:
            unnoticed[name] = (code, found)
        if verify_seals().ok != (name in NOT_SEALED):
            unnoticed[f"{name} (chain)"] = (code, found)
        transaction.savepoint_rollback(before)
    assert len(FRAUDS) >= 55
    assert not unnoticed, "\n".join(f"{name}: {what}" for name, what in unnoticed.items())
    assert broken() == set()  # the savepoints gave everything back: nothing but the frauds was red
    assert verify_seals().ok


def test_each_new_rule_has_a_fraud(db):
    mine = {code for code, _ in FRAUDS.values()}
    assert {"M2c", "M2d", "M2e", "M2f", "M2g", "M2h", "M2i", "M3d", "M3e", "M3f", "M3g", "M4f", "M4g"} <= mine
    assert {"M7b", "M7c", "M7d", "O8", "O9", "S5c", "S5d", "S5e", "S5f"} <= mine
    assert mine <= {invariant.code for invariant in INVARIANTS}
