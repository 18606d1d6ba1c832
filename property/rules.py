"""The shape of phones and accounts (domain.md §5.8)."""

from __future__ import annotations

import re
import unicodedata

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})(\d{7,8})", re.ASCII)
ACCOUNT = re.compile(r"[A-Za-z0-9]{6,20}", re.ASCII)


def tidy(text: str) -> str:
    """Return a name or place without format characters, inner white space beside Chinese, or ends."""
    plain = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc"))
    return re.sub(r"\s+", " ", plain).strip()


def phone_number(text: str) -> str | None:
    """Return a phone as it is stored (mobile digits, or area-number), or None when it is no phone."""
    plain = re.sub(r"[\s()（）\-–—]", "", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"^(\+86|0086|86)(?=1[3-9]\d{9}$)", "", plain)
    if MOBILE.fullmatch(plain):
        return plain
    landline = LANDLINE.fullmatch(plain)
    return f"{landline.group(1)}-{landline.group(2)}" if landline else None


def account_number(text: str) -> str | None:
    """Return an account as it is stored, or None when it is none."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return plain if ACCOUNT.fullmatch(plain) else None
