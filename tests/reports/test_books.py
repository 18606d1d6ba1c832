"""`check_books`: nothing on sound books, and each invariant finds the corruption planted for it."""

from __future__ import annotations

import json
import uuid
from datetime import date, datetime
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from billing.services.bill_run import bill_contracts
from payments.services import reverse_payment, take_payment
from payments.services.take import Till
from reports.books import INVARIANTS, check_books
from tests import build
from tests.frauds import FRAUDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    """A season of two buildings with payments in whole and in part, a surplus, a reversal and a settled order."""
    company = build.company()
    season = build.season(company)
    site = build.site(company)
    alice = build.cashier(site)
    version = build.product(season)
    rooms = [build.room(office=site) for _ in range(4)]
    for room in rooms:
        build.contract(room, version)
    bill_contracts(season, on=date(2025, 9, 10), actor=None)
    for day, room, amount in ((12, 0, "2106.22"), (12, 1, "500.00"), (13, 1, "1700.00"), (13, 2, "100.00")):
        pay(room=rooms[room], amount=amount, day=day, by=alice)
    last = pay(room=rooms[2], amount="50.00", day=13, by=alice)
    reverse_payment(last.pk, reason="误收", actor=alice, now=at(13))
    return last


def at(day: int) -> datetime:
    return datetime(2025, 9, day, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def pay(*, room, amount: str, day: int, by):
    till = Till(request_id=uuid.uuid4(), channel="cash", amount=D(amount), prepay=True)
    return take_payment(room.pk, till, actor=by, now=at(day))


def broken() -> set[str]:
    return {finding.invariant.code for finding in check_books() if not finding.ok}


CORRUPT = {
    "M1": "UPDATE payments_payment SET amount = amount + 1, principal = principal + 1 WHERE amount = 500",
    "M2a": "UPDATE billing_allocation SET amount = amount + 0.01 WHERE amount = 500",
    "M2b": "UPDATE billing_order SET paid = paid + 0.01 WHERE state = 'partial'",
    "M3a": "UPDATE billing_ledgerentry SET amount = amount + 0.01 WHERE id = (SELECT max(id) FROM billing_ledgerentry)",
    "M3b": "UPDATE billing_ledgergroup SET source = 'payment:999999:settle' WHERE source LIKE 'payment:%:reverse'",
    "M3c": "UPDATE billing_order SET bill_run_id = bill_run_id + 1000 WHERE state = 'unpaid'",
    "M4a": "UPDATE billing_ledgerentry SET account = 'adjustment' WHERE account = 'receivable' AND side = 'debit'",
    "M4b": "UPDATE billing_ledgerentry SET account = 'clearing:pos' WHERE account = 'cash' AND amount = 500",
    "M4c": "UPDATE billing_prepayment SET balance = balance + 5",
    "M4d": "UPDATE billing_ledgerentry SET account = 'late_income' WHERE account = 'receivable' AND amount = 500",
    "M4e": "UPDATE billing_ledgerentry SET account = 'excess' WHERE account = 'cash' AND amount = 500",
    "M6": "CREATE TABLE leak (amount double precision); INSERT INTO leak VALUES (0.1)",
    "M7": """DROP INDEX order_once; UPDATE billing_order SET room_id = (SELECT min(room_id) FROM billing_order),
        contract_id = NULL WHERE state = 'unpaid'""",
    "O1": "UPDATE billing_order SET floor_area = 89.56 WHERE state = 'unpaid'",
    "O2": "UPDATE billing_orderline SET amount = amount + 1 WHERE id = (SELECT min(id) FROM billing_orderline)",
    "O3": "UPDATE billing_order SET state = 'partial' WHERE state = 'unpaid'",
    "O4": "UPDATE billing_order SET room_id = 999999 WHERE state = 'unpaid'",
    "O5": "UPDATE billing_seasonrollup SET paid = paid - 1",
    "O6": "UPDATE billing_seasonrollup SET office_id = office_id + 1",
    "O7": "UPDATE billing_contract SET community_id = community_id + 1",
    "S1": """ALTER TABLE payments_payment DROP CONSTRAINT payments_payment_client_request_id_key;
        UPDATE payments_payment SET client_request_id = (SELECT client_request_id FROM payments_payment LIMIT 1)""",
    "S3a": "UPDATE audit_record SET after = '\"void\"' WHERE event = 'order.state' AND after = '\"paid\"'",
    "S3b": "DELETE FROM audit_record WHERE event = 'order.state' AND after = '\"partial\"'",
    "S3c": "DELETE FROM audit_record WHERE event = 'payment.take' AND id % 2 = 0",
    "S4": "UPDATE payments_payment SET state = 'pending' WHERE amount < 600",
    "S5a": "UPDATE payments_receipt SET seq = 9 WHERE seq = 2",
    "S5b": "UPDATE payments_receipt SET state = 'valid'",
    "S8": "DROP TRIGGER {trigger} ON billing_allocation",
    "P1": """ALTER TABLE billing_contract DROP CONSTRAINT contract_decided_by_another;
        UPDATE billing_contract SET submitted_by_id = (SELECT min(id) FROM accounts_user),
        decided_by_id = (SELECT min(id) FROM accounts_user)""",
}


def test_sound_books_break_nothing(books):
    assert broken() == set()
    call_command("check_books")


def test_every_invariant_has_a_planted_corruption():
    assert set(CORRUPT) | {code for code, _ in FRAUDS.values()} == {invariant.code for invariant in INVARIANTS}


@pytest.mark.parametrize("code", CORRUPT)
def test_the_planted_corruption_is_found(books, code, capsys):
    with connection.cursor() as cursor:
        # Deferred checks of the fixture's own writes first; then nothing stands in the way of the vandal.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        cursor.execute(CORRUPT[code].replace("{trigger}", trigger_of("billing_allocation")))
        assert cursor.rowcount != 0
    assert code in broken()
    with pytest.raises(SystemExit) as stop:
        call_command("check_books", code)
    assert stop.value.code == 1
    assert "行不符" in capsys.readouterr().out


def trigger_of(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_append_only%%'",
            [table],
        )
        return cursor.fetchone()[0]


def test_the_command_can_answer_in_json_and_for_one_rule(books, capsys):
    call_command("check_books", "M1", "--json")
    assert json.loads(capsys.readouterr().out) == {"checked": 1, "broken": {}}


def test_an_unknown_rule_is_an_error(db):
    with pytest.raises(CommandError, match="没有这些规则"):
        call_command("check_books", "M99")
