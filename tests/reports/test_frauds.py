"""Frauds and corruptions that keep the sums: each is found by a rule, sealed or not."""

from __future__ import annotations

import pytest
from django.db import connection

from reports.books import check_books
from tests.bookkeeping import full_books, vandalise

pytestmark = pytest.mark.django_db


def broken() -> dict:
    return {finding.invariant.code: finding.rows for finding in check_books() if not finding.ok}


def test_sound_books_break_no_rule(db):
    full_books()
    assert broken() == {}
