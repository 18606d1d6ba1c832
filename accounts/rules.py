"""Arithmetic of the sign-in: addresses, unlocking midnight, passwords, codes, idle times. No Django, no clock."""

import ipaddress
import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAX_WRONG = 5
FAILURE_LIMIT = 20
FAILURE_WINDOW = timedelta(minutes=10)
IDLE = timedelta(minutes=30)
IDLE_WITH_MONEY = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
DEVICE_LIFE = timedelta(days=90)
# From the right password to the code of the second factor.
HALF_LIFE = timedelta(minutes=5)
RECOVERY_CODES = 10
DIGITS = 6
# Ten letters and digits, none of which looks like another; a code of the phone has six digits.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODE = re.compile(rf"[0-9]{{{DIGITS}}}|[{RECOVERY_ALPHABET}]{{10}}")
ISSUER = "热力缴费"
# What a session holds beside Django's own: the second it began, the second of its last request.
BEGAN, SEEN = "began", "seen"

# Whoever holds one of these leaves an open session behind for a quarter of an hour at most.
MONEY_PERMISSIONS = frozenset(
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

# Parameter 强制动态口令登录: whoever holds one of these needs a second factor. By permissions, because any company
# names and fills its roles as it likes.
ADMINISTER_PERMISSIONS = frozenset(
    {
        "org.add_office",
        "org.change_office",
        "org.delete_office",
        "org.change_parameter",
        "accounts.add_role",
        "accounts.change_role",
        "accounts.delete_role",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.delete_user",
        "accounts.reset_password",
        "accounts.unlock_user",
        "accounts.release_user",
    }
)
APPROVE_PERMISSIONS = frozenset(
    {
        "billing.approve_contract",
        "billing.approve_void",
        "billing.approve_waiver",
        "payments.approve_refund",
        "property.approve_changerequest",
    }
)
FINANCE_PERMISSIONS = frozenset(
    {
        "payments.confirm_handover",
        "payments.execute_refund",
        "payments.reconcile",
        "payments.review_refund",
        "reports.check_books",
    }
)
SECOND_FACTOR = {
    "关闭": frozenset(),
    "管理员": ADMINISTER_PERMISSIONS,
    "管理员、审批人和财务": ADMINISTER_PERMISSIONS | APPROVE_PERMISSIONS | FINANCE_PERMISSIONS,
}


def login_key(name: str) -> str:
    """Return the one spelling of a login name by which it is counted and found."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def next_midnight(now: datetime) -> datetime:
    """Return 00:00 of the next calendar day in Shanghai."""
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
    """Return what the rate limit of the address counts by: the IPv4 address, or the /64 network of an IPv6 address."""
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
    return IDLE_WITH_MONEY if MONEY_PERMISSIONS & set(held) else IDLE


def needs_second_factor(policy: str, held: Iterable[str]) -> bool:
    """Say whether the parameter 强制动态口令登录 means somebody with the permissions `held`."""
    return bool(SECOND_FACTOR[policy] & set(held))


def read_code(text: str) -> str:
    """Return a code of the phone or a recovery code as it is checked, whatever width, case or gaps; "" for neither."""
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).lower()
    return plain if CODE.fullmatch(plain) else ""


def phone_address(username: str, key: str) -> str:
    """Return what the QR code says to the app on the phone; `key` in base32."""
    query = urlencode({"secret": key, "issuer": ISSUER, "digits": DIGITS, "period": 30}, quote_via=quote)
    return f"otpauth://totp/{quote(ISSUER)}:{quote(username)}?{query}"


# What the captcha of the sign-in is made of: no letter that a person takes for another (I, J, L, O, Q, U, V).
CAPTCHA_LETTERS = "ABCDEFGHKMNPRSTWXYZ"
CAPTCHA_LENGTH = 4


def captcha_challenge() -> tuple[str, str]:
    """Return what the captcha shows and the answer that is right; capitals do not matter."""
    letters = "".join(secrets.choice(CAPTCHA_LETTERS) for _ in range(CAPTCHA_LENGTH))
    return letters, letters.lower()
