"""The house rules about tables."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction
from django.db.utils import DatabaseError, InternalError

from heating.audit.models import Record
from heating.audit.services import record
from heating.kit.scope import Handles, ScopedQuerySet
from tests import build

OURS = (
    "heating",
    "audit",
    "jobs",
    "imports",
    "org",
    "accounts",
    "property",
    "meters",
    "billing",
    "payments",
    "reports",
)
# No rows of their own leave the database: parts of a scoped thing, or the same for everybody.
GLOBAL = {
    "org.DictEntry", "billing.ReliefRule", "billing.OrderLine", "billing.LedgerEntry", "billing.PrepaymentEntry",
    "billing.Unbillable", "payments.ReceiptCounter", "payments.ReceiptPrint", "reports.Statement",
    "accounts.LoginGuard", "accounts.LoginFailure", "accounts.Device", "accounts.Authenticator",
    "accounts.RecoveryCode", "audit.SealPart", "audit.SealMark", "reports.BooksCheck", "heating.Installation",
}  # fmt: skip
MONEY = ("amount", "principal", "paid", "late_", "discount", "balance", "due", "arrears", "refunded", "fee", "prepaid")
NOT_MONEY = {
    "late_value",
    "late_cap",
    "late_from",
    "late_gap_days",
    "late_method",
    "late_base",
    "late_part_month",
    "paid_orders",
    "paid_area",
    "paid_at",
    "last_paid_on",
    "discount_method",
    "discount_from",
    "discount_to",
    "discount_stacks",
    "discount_value",
    "fee_kind",
}


def ours() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m._meta.app_label in OURS and not m._meta.auto_created]


def test_every_model_is_scoped_or_named_global() -> None:
    unscoped = []
    for model in ours():
        queryset = model._default_manager.all()
        if not (isinstance(queryset, ScopedQuerySet) and queryset.handles != Handles()):
            unscoped.append(model._meta.label)
    assert set(unscoped) <= GLOBAL, set(unscoped) - GLOBAL


def test_money_is_numeric_14_2_and_nothing_is_a_float() -> None:
    for model in ours():
        for field in model._meta.get_fields():
            assert not isinstance(field, models.FloatField), field
            name = getattr(field, "attname", "")
            if name and name not in NOT_MONEY and any(word in name for word in MONEY):
                real = getattr(field, "output_field", field)
                if isinstance(real, models.DecimalField):
                    assert (real.max_digits, real.decimal_places) == (14, 2), f"{model.__name__}.{name}"


@pytest.mark.django_db
def test_no_float_column_exists() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('real', 'double precision')"
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["update", "delete"])
def test_audit_rows_cannot_be_changed(change: str) -> None:
    record(None, "test.deed", build.company())
    rows = Record.objects.filter(event="test.deed")
    with pytest.raises((InternalError, DatabaseError)), transaction.atomic():
        rows.update(note="x") if change == "update" else rows.delete()
    assert rows.get().note == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "table",
    [
        "billing_ledgergroup",
        "billing_ledgerentry",
        "billing_allocation",
        "billing_prepaymententry",
        "payments_receiptprint",
        "payments_reversal",
        "audit_record",
        "audit_seal",
        "audit_sealpart",
    ],
)
def test_books_are_append_only_in_the_database(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_append_only%%'",
            [table],
        )
        assert cursor.fetchone()[0] == 1
        cursor.execute("SET LOCAL heating.may_truncate = ''")
        with pytest.raises(InternalError, match="cannot truncate"):
            cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
def test_no_migration_is_missing(capsys: Any) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
