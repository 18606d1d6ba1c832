"""The chain of seals names what was changed, removed or slipped in after it was sealed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from heating.audit.books import SEALED
from heating.audit.models import Record, Seal, SealMark, SealPart
from heating.audit.queries import verify_seals
from heating.audit.services import record, seal_rows
from heating.audit.services import seals as sealing
from tests import build
from tests.bookkeeping import pay, small_books, vandalise

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 9, 14, 2, 0, tzinfo=UTC)


@pytest.fixture
def books():
    made = small_books()
    assert seal_rows(now=NOW) > 60
    return made


def sentences() -> list[str]:
    return [fault.sentence for fault in verify_seals().faults]


def named() -> set[tuple[str, int]]:
    return {(fault.table, fault.id) for fault in verify_seals().faults}


def one(table: str, where: str = "true") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} WHERE {where} ORDER BY id LIMIT 1")
        return cursor.fetchone()[0]


def test_sound_books_are_sealed_whole_and_once(books):
    found = verify_seals()
    assert (found.ok, found.count, found.unsealed) == (True, 0, {})
    chain = found.chains[books.company.pk]
    assert (chain.seals, chain.until) == (1, NOW)
    assert chain.digest == Seal.objects.get(company_id=books.company.pk).digest
    assert seal_rows(now=NOW) == 0
    assert Seal.objects.filter(company_id=books.company.pk).count() == 1


def test_every_row_of_every_sealed_table_is_in_a_seal(books):
    for table in SEALED.values():
        sealed = [pk for ids in SealPart.objects.filter(name=table.name).values_list("ids", flat=True) for pk in ids]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table.table}")
            assert len(sealed) == len(set(sealed)) == cursor.fetchone()[0], table.name


def test_younger_rows_are_counted_as_unsealed_until_the_next_round(books):
    pay(books.rooms[3], "20.00", day=14, by=books.alice)
    waiting = verify_seals()
    assert waiting.ok
    assert waiting.unsealed["缴费"] == waiting.unsealed["回单及其缴费"] == waiting.unsealed["冲抵"] == 1
    assert waiting.unsealed["账"] == 2
    assert seal_rows(now=NOW + timedelta(minutes=1)) > 5
    found = verify_seals()
    assert found.ok and not found.unsealed
    assert found.chains[books.company.pk].seals == 2
    assert found.until == NOW + timedelta(minutes=1)


# Every column of every sealed table, changed in one row, is named with that row.
COLUMNS = [
    (table.name, column)
    for table in SEALED.values()
    for column in table.columns
    if column.startswith("t.") and table.table not in ("billing_excess", "payments_receiptprint")
]


def changed(table: str, column: str) -> str:
    """Return SQL for another value of a column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
            [table, column],
        )
        kind = cursor.fetchone()[0]
    if kind in ("bigint", "integer", "smallint", "numeric"):
        return f'coalesce("{column}", 0) + 1'
    return {
        "date": f'"{column}" - 1',
        "timestamp with time zone": f"\"{column}\" - interval '1 second'",
        "boolean": f'NOT "{column}"',
        "jsonb": "'{\"a\": 1}'",
        "uuid": "gen_random_uuid()",
        "character varying": f"overlay(\"{column}\" || 'x' placing 'y' from 1 for 1)",
    }[kind]


def test_a_change_of_any_sealed_column_is_named(books):
    vandalise("SELECT 1", constraints=False)
    unnoticed = []
    for name, column in COLUMNS:
        table, column = SEALED[name].table, column.removeprefix("t.").strip('"')
        pk = one(table)
        before = transaction.savepoint()
        assert vandalise(f'UPDATE {table} SET "{column}" = {changed(table, column)} WHERE id = %s', [pk]) == 1
        if (table, pk) not in named():
            unnoticed.append((name, column))
        transaction.savepoint_rollback(before)
    assert len(COLUMNS) > 70
    assert unnoticed == []


@pytest.mark.parametrize("table", ["audit_record", "billing_ledgerentry", "billing_order", "payments_receipt"])
def test_a_removed_row_is_named(books, table):
    pk = one(table)
    vandalise(f"DELETE FROM {table} WHERE id = %s", [pk])
    assert (table, pk) in named()
    assert any(f"{pk} 在第 1 号封签之后被删除" in sentence for sentence in sentences())


def test_a_row_slipped_in_below_the_mark_is_named(books):
    table = "billing_prepaymententry"
    vandalise(f"UPDATE {table} SET id = id + 1000")
    vandalise(f"UPDATE {table} SET id = id - 1001 WHERE id = (SELECT min(id) FROM {table})")
    SealMark.objects.filter(name="billing.prepaymententry").update(gaps=[])
    assert any("事后插入" in sentence for sentence in sentences())


def test_a_seal_taken_out_or_changed_is_named(books):
    for _ in range(2):
        record(books.alice, "test.deed", books.company, office_id=books.company.pk)
        seal_rows(now=NOW)
    mine = Seal.objects.filter(company_id=books.company.pk)
    second = mine.get(number=2)
    vandalise("UPDATE audit_seal SET at = at - interval '1 hour' WHERE id = %s", [second.pk])
    assert "第 2 号封签本身被改动" in sentences()
    vandalise("DELETE FROM audit_sealpart WHERE seal_id = %s", [second.pk])
    vandalise("DELETE FROM audit_seal WHERE id = %s", [second.pk])
    assert "第 2 至 2 号封签被删除" in sentences()
    vandalise("UPDATE audit_seal SET number = 2 WHERE number = 3")
    assert "第 2 号封签不接第 1 号" in sentences()


def test_a_digest_replaced_in_the_seal_does_not_help(books):
    part = SealPart.objects.get(name="payments.payment")
    vandalise("UPDATE audit_sealpart SET macs = %s WHERE id = %s", [bytes(len(part.macs)), part.pk])
    assert "第 1 号封签本身被改动" in sentences()
    assert ("payments_payment", part.ids[0]) in named()


def test_a_row_sealed_again_after_a_change_is_still_named(books):
    pk = one("payments_payment")
    vandalise("UPDATE payments_payment SET account_no = 'x' WHERE id = %s", [pk])
    vandalise("UPDATE audit_sealmark SET upto = 0, gaps = '[]'")
    assert seal_rows(now=NOW) > 60
    assert ("payments_payment", pk) in named()


def test_another_key_is_said_as_such(books, settings):
    settings.FIELD_KEYS = ["another key of more than forty characters, for sure"]
    found = verify_seals()
    assert not found.ok
    assert len(found.faults) == len(found.chains)
    assert all("没有这个密钥" in fault.sentence for fault in found.faults)


def test_rows_deleted_by_an_undone_import_are_not_missing(books):
    # The record of the undoing names the ids; without it the same deletion is a fault.
    pk = one("billing_order")
    vandalise("DELETE FROM billing_order WHERE id = %s", [pk])
    assert ("billing_order", pk) in named()
    record(books.alice, "room.import_undo", books.company, after={"ids": [[pk, pk]]})
    assert ("billing_order", pk) not in named()


def test_work_stops_at_its_budget_and_goes_on_in_the_next_round():
    small_books()
    assert seal_rows(now=NOW, budget=0, chunk=10) == 10
    assert verify_seals().ok
    while seal_rows(now=NOW, budget=0, chunk=10):
        pass
    found = verify_seals()
    assert found.ok and not found.unsealed


def test_a_gap_is_waited_for_and_given_up_in_the_end(books, monkeypatch):
    ids = [record(None, "test.deed", books.company).pk for _ in range(3)]
    vandalise("DELETE FROM audit_record WHERE id = %s", [ids[1]])
    seal_rows(now=NOW)
    assert [gap[:2] for gap in SealMark.objects.get(name="audit.record").gaps][-1] == [ids[1], ids[1]]
    monkeypatch.setattr(sealing, "OLDEST", "SELECT 9000000000000000000::bigint")
    seal_rows(now=NOW + timedelta(hours=2))
    assert SealMark.objects.get(name="audit.record").gaps == []


def test_records_of_no_company_have_a_chain_of_their_own(db):
    record(None, "test.deed")
    seal_rows(now=NOW)
    assert Seal.objects.get().company_id == 0
    assert Record.objects.count() == SealPart.objects.get().ids.__len__()


def test_each_company_has_its_own_chain(db):
    places = [build.company("甲"), build.company("乙")]
    for place in places:
        record(None, "test.deed", place, office_id=place.pk)
    seal_rows(now=NOW)
    assert {place.pk for place in places} <= set(verify_seals().chains)
