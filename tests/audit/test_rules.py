"""The arithmetic of the chain, without a database."""

from datetime import UTC, datetime, timedelta, timezone

from heating.audit.rules import Gap, Head, holes, key_name, part_digest, row_mac, without

KEY, OTHER = b"k" * 32, b"o" * 32


def test_a_row_is_signed_with_its_table_its_id_and_its_text():
    macs = {
        row_mac(KEY, "pay", 1, "(1,2)"),
        row_mac(KEY, "pay", 2, "(1,2)"),
        row_mac(KEY, "receipt", 1, "(1,2)"),
        row_mac(KEY, "pay", 1, "(1,3)"),
        row_mac(OTHER, "pay", 1, "(1,2)"),
    }
    assert len(macs) == 5
    assert {len(mac) for mac in macs} == {16}
    assert row_mac(KEY, "pay", 1, "(1,2)") in macs


def test_the_name_of_a_key_does_not_hold_the_key():
    assert key_name(KEY) != key_name(OTHER)
    assert KEY.hex() not in key_name(KEY)


def test_a_seal_signs_head_parts_and_the_seal_before():
    now = datetime(2025, 9, 1, 10, tzinfo=UTC)
    head = Head(3, 7, now, "abc", "before")
    parts = [("a", 2, part_digest([1, 2], b"m" * 32)), ("b", 1, part_digest([9], b"n" * 16))]
    digest = head.digest(KEY, parts)
    assert digest == Head(3, 7, now.astimezone(timezone(timedelta(hours=8))), "abc", "before").digest(KEY, parts[::-1])
    others = [
        Head(4, 7, now, "abc", "before").digest(KEY, parts),
        Head(3, 8, now, "abc", "before").digest(KEY, parts),
        Head(3, 7, now + timedelta(microseconds=1), "abc", "before").digest(KEY, parts),
        Head(3, 7, now, "abd", "before").digest(KEY, parts),
        Head(3, 7, now, "abc", "other").digest(KEY, parts),
        head.digest(OTHER, parts),
        head.digest(KEY, parts[:1]),
    ]
    assert len({digest, *others}) == len(others) + 1


def test_a_part_is_signed_with_its_ids_in_order():
    assert part_digest([1, 23], b"m") != part_digest([12, 3], b"m")
    assert part_digest([1, 2], b"m") != part_digest([2, 1], b"m")


def test_holes_between_ids():
    assert holes(0, []) == []
    assert holes(4, [5, 6]) == []
    assert holes(0, [2, 3, 7]) == [(1, 1), (4, 6)]


def test_what_remains_of_a_gap():
    gap = Gap(10, 14, 100, 0.0)
    ranges = [(rest.first, rest.last) for rest in without(gap, [3, 10, 12, 20])]
    assert ranges == [(11, 11), (13, 14)]
    assert without(gap, [10, 11, 12, 13, 14]) == []
    assert without(gap, []) == [gap]


def test_a_gap_stays_open_while_a_transaction_of_its_time_runs_and_for_a_while():
    gap = Gap(1, 1, horizon=100, since=1000.0)
    assert gap.open(oldest=99, now=9999.0, patience=60)
    assert gap.open(oldest=100, now=1059.0, patience=60)
    assert not gap.open(oldest=100, now=1060.0, patience=60)
