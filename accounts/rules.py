"""Arithmetic of the sign-in: addresses, the midnight that unlocks, passwords, idle times. No Django, no clock."""

import ipaddress
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAX_WRONG = 5
BRAKE_LIMIT = 20
BRAKE_WINDOW = timedelta(minutes=10)
IDLE = timedelta(minutes=30)
IDLE_WITH_MONEY = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
DEVICE_LIFE = timedelta(days=90)
# What a session holds beside Django's own: the second it began, the second of its last request.
BEGAN, SEEN = "began", "seen"

# Whoever holds one of these leaves an open session behind for a quarter of an hour at most.
MONEY_VERBS = frozenset(
    {
        "payments.take_payment",
        "payments.reverse_payment",
        "payments.approve_refund",
        "payments.review_refund",
        "payments.execute_refund",
        "payments.close_day",
        "payments.confirm_handover",
        "payments.reconcile",
        "billing.approve_waiver",
        "billing.approve_void",
    }
)


def login_key(name: str) -> str:
    """Return the one spelling of a login name by which it is counted and found."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def next_midnight(now: datetime) -> datetime:
    """Return 00:00 of the next calendar day in Shanghai (domain.md A21, A22)."""
    day = now.astimezone(SHANGHAI).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def client_address(remote: str, forwarded: str, trusted: Iterable[str]) -> str:
    """Return the client's address: the last hop that is not one of our proxies.

    `forwarded` is the X-Forwarded-For header; it is believed only as far as trusted proxies wrote it.
    """
    networks = [ipaddress.ip_network(entry, strict=False) for entry in trusted]
    hops = [remote, *(part.strip() for part in reversed(forwarded.split(",")))] if forwarded else [remote]
    address = ""
    for hop in hops:
        try:
            parsed = _plain(ipaddress.ip_address(hop))
        except ValueError:
            break
        address = str(parsed)
        if not any(parsed in network for network in networks):
            break
    return address


def address_key(address: str) -> str:
    """Return what the address brake counts by: the IPv4 address, or the /64 network of an IPv6 address."""
    if not address:
        return ""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _plain(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def kinds_of_characters(password: str) -> int:
    """Count which of upper case, lower case, digits and other characters a password uses."""
    tests = (str.isupper, str.islower, str.isdigit, lambda char: not char.isalnum())
    return sum(any(test(char) for char in password) for test in tests)


def idle_limit(held: Iterable[str]) -> timedelta:
    """Return how long a session of somebody with the permissions `held` may rest."""
    return IDLE_WITH_MONEY if MONEY_VERBS & set(held) else IDLE
