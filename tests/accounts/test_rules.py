"""Arithmetic of the sign-in."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.rules import (
    IDLE,
    IDLE_WITH_MONEY,
    address_key,
    client_address,
    idle_limit,
    kinds_of_characters,
    login_key,
    next_midnight,
)


def test_midnight_is_that_of_shanghai():
    late = datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)  # 23:59:59 there
    assert next_midnight(late) - late == timedelta(seconds=1)
    just_after = datetime(2026, 11, 24, 16, 0, 0, tzinfo=UTC)  # 00:00:00 of the 25th
    assert next_midnight(just_after) - just_after == timedelta(days=1)


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "address"),
    [
        ("203.0.113.9", "", [], "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", [], "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1", ["127.0.0.1"], "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", ["127.0.0.1"], "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1, 10.0.0.1", ["10.0.0.0/8"], "198.51.100.1"),
        ("127.0.0.1", "nonsense", ["127.0.0.1"], "127.0.0.1"),
        ("::ffff:203.0.113.9", "", [], "203.0.113.9"),
        ("", "198.51.100.1", [], ""),
    ],
)
def test_forwarded_address_is_believed_only_from_our_proxies(remote, forwarded, trusted, address):
    assert client_address(remote, forwarded, trusted) == address


def test_brake_counts_ipv6_by_its_64():
    assert address_key("2001:db8:1:2:3::9") == address_key("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert address_key("203.0.113.9") == "203.0.113.9"


def test_login_name_has_one_spelling():
    assert login_key(" ＡＬice ") == "alice"


def test_kinds_of_characters_are_counted():
    assert [kinds_of_characters(p) for p in ("abc", "abC", "abC1", "abC1-", "热力")] == [1, 2, 3, 4, 0]


def test_money_shortens_the_idle_time():
    assert idle_limit({"payments.take_payment"}) == IDLE_WITH_MONEY
    assert idle_limit({"property.view_room"}) == IDLE
