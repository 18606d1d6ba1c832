"""证件号码: identity cards of 18 digits, and other documents."""

from __future__ import annotations

import re

from heating.kit.parsing.read import Read, Value
from heating.kit.parsing.text import digits_of

CARD = re.compile(r"[0-9]{17}[0-9Xx]")
OTHER = re.compile(r"[A-Za-z0-9]{6,20}")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"


def document(cell: Value) -> str | Read | None:
    """An identity card (wrong check digit: id_checksum), or 6–20 letters or digits of another document."""
    text = digits_of(cell, lost="id_precision_lost", invalid="id_invalid")
    if not isinstance(text, str):
        return text
    if CARD.fullmatch(text):
        text = text.upper()
        return text if check_digit(text) == text[17] else Read(text, warning="id_checksum")
    # A bare number that is nearly an identity card is one with a digit too many or missing.
    if not OTHER.fullmatch(text) or (text.isdigit() and len(text) >= 16):
        return Read(error="id_invalid")
    return text


def check_digit(text: str) -> str:
    """Return the check digit of the first 17 digits (GB 11643)."""
    return CHECK_DIGITS[sum(int(c) * w for c, w in zip(text[:17], WEIGHTS, strict=True)) % 11]
