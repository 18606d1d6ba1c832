"""The chain beside concurrent writers, a second sealer and a lost connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, transaction
from django.db.utils import InterfaceError

from heating.audit.models import Record, Seal, SealMark
from heating.audit.queries import verify_seals
from heating.audit.services import record, seal_rows
from heating.audit.services import seals as sealing
from tests.bookkeeping import pay, small_books

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2025, 9, 14, 2, 0, tzinfo=UTC)


def start(work: Callable[[], None]) -> threading.Thread:
    """Run something on a connection of its own."""

    def alone() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=alone)
    thread.start()
    return thread


def late_and_early() -> tuple[int, int]:
    """Write a record, and one with a higher id that is committed and sealed while the first is still open."""
    written, may_commit, ids = threading.Event(), threading.Event(), []

    def slow() -> None:
        with transaction.atomic():
            ids.append(record(None, "test.slow").pk)
            written.set()
            may_commit.wait(20)

    thread = start(slow)
    written.wait(20)
    ids.append(record(None, "test.quick").pk)
    assert seal_rows(now=NOW) == 1
    may_commit.set()
    thread.join()
    return ids[0], ids[1]


def test_a_row_committed_late_with_a_lower_id_is_sealed_in_the_next_round():
    late, early = late_and_early()
    assert late < early
    assert verify_seals().unsealed == {"日志": 1}
    assert seal_rows(now=NOW) == 1
    found = verify_seals()
    assert found.ok and not found.unsealed


def test_without_the_memory_of_gaps_it_would_never_be_sealed(monkeypatch):
    monkeypatch.setattr(sealing, "holes", lambda after, ids: [])
    late, _ = late_and_early()
    assert seal_rows(now=NOW) == 0
    assert [fault.id for fault in verify_seals().faults] == [late]


def test_payments_of_several_cashiers_beside_a_sealer_are_all_sealed_once():
    books = small_books()
    over = threading.Event()

    def seal() -> None:
        while not over.is_set():
            seal_rows(now=NOW, chunk=7)

    def till(nth: int) -> None:
        for _ in range(6):
            pay(books.rooms[nth], "1.00", day=14, by=books.alice)

    sealer = start(seal)
    tills = [start(lambda nth=nth: till(nth)) for nth in range(4)]
    for thread in tills:
        thread.join()
    over.set()
    sealer.join()
    seal_rows(now=NOW)
    found = verify_seals()
    assert (found.faults, found.unsealed) == ([], {})
    assert found.chains[books.company.pk].seals > 5


def test_a_second_sealer_does_nothing():
    record(None, "test.deed")
    held, free = threading.Event(), threading.Event()

    def holder() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
            held.set()
            free.wait(20)

    thread = start(holder)
    held.wait(20)
    assert seal_rows(now=NOW) == 0
    free.set()
    thread.join()
    assert seal_rows(now=NOW) == 1


def test_a_sealer_that_loses_its_connection_leaves_nothing_and_the_next_goes_on(monkeypatch):
    for _ in range(5):
        record(None, "test.deed")
    chain = sealing._chain

    def die(*args: object) -> None:
        chain(*args)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(sealing, "_chain", die)
    with pytest.raises((OperationalError, InterfaceError)):
        seal_rows(now=NOW)
    connection.close()
    assert (Seal.objects.count(), SealMark.objects.count()) == (0, 0)
    monkeypatch.setattr(sealing, "_chain", chain)
    assert seal_rows(now=NOW) == Record.objects.count() == 5
    assert verify_seals().ok
