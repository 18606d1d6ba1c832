"""Text: names, places, identifiers, notes."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

from heating.kit.parsing.read import Read, Value

# Format characters (zero-width, marks, BOM), control characters other than white space, and what is no character.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0001\U000e0020-\U000e007f]"
)
SPACE = re.compile(r"\s+")
HAN = "[\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
BESIDE_HAN = re.compile(f"(?<={HAN}) | (?={HAN})")
HALF_WIDTH = {full: full - 0xFEE0 for full in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]}
HALF_WIDTH |= {0xFF03: "#", 0xFF0D: "-"}
APOSTROPHES = "'‘’"
SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?E[+-][0-9]+|[0-9]+\.[0-9]+E[0-9]+", re.IGNORECASE)
WHOLE_AS_FLOAT = re.compile(r"([0-9]+)\.0+")
# Most names, codes and remarks are written the way they are stored.
PLAIN_NAME = re.compile("[0-9A-Za-z#\\-\u4e00-\u9fff]{1,40}")
PLAIN_CODE = re.compile("[0-9A-Za-z]{1,30}")
SERIAL_NO = re.compile(r"[A-Za-z0-9]{6,20}")
EXACT_DIGITS = 15


def visible(text: str) -> str:
    """Drop characters that nobody sees, and trim."""
    return INVISIBLE.sub("", text).strip()


def shown(number: float) -> str:
    """Return a number as Excel shows it: 15 significant digits, no exponent."""
    if not math.isfinite(number):
        return str(number)
    text = f"{number:.15g}"
    return f"{Decimal(text):f}" if "e" in text else text


def squeezed(text: str) -> str:
    """NFKC, without any white space and without invisible characters."""
    if text.isascii() and text.isalnum():
        return text
    bare = SPACE.sub("", INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
    # A letter and an accent that stood apart are one now.
    return unicodedata.normalize("NFKC", bare)


def plain(cell: Value) -> str | Read | None:
    """Return the text of a cell that is not meant to be a date; None when it is empty."""
    if isinstance(cell, str):
        return visible(cell) or None
    if isinstance(cell, (date, datetime, time)):
        return Read(error="unexpected_date")
    return shown(cell)


def note(cell: Value, *, limit: int = 500) -> str | Read | None:
    """A remark: trimmed only."""
    text = plain(cell)
    return Read(error="text_too_long") if isinstance(text, str) and len(text) > limit else text


def name(cell: Value, *, limit: int = 40) -> str | Read | None:
    """A name or place: full-width digits, letters, # and - made narrow; no space beside a Chinese character."""
    if isinstance(cell, str) and PLAIN_NAME.fullmatch(cell):
        return cell
    text = plain(cell)
    if not isinstance(text, str):
        return text
    text = text.translate(HALF_WIDTH)
    if SPACE.search(text):
        text = BESIDE_HAN.sub("", SPACE.sub(" ", text))
    return Read(error="text_too_long") if len(text) > limit else text


def identifier(cell: Value, *, limit: int = 100) -> str | Read | None:
    """A code: NFKC, no white space, no leading apostrophe."""
    text = plain(cell)
    if not isinstance(text, str):
        return text
    text = squeezed(text).lstrip(APOSTROPHES)
    return Read(error="text_too_long") if len(text) > limit else text or None


def digits_of(cell: Value, *, lost: str, invalid: str) -> str | Read | None:
    """An identifier that Excel may have taken for a number: digits that are gone are never guessed.

    `lost` and `invalid` are the codes for digits lost and for a number that is not whole.
    """
    text = identifier(cell)
    if not isinstance(text, str):
        return text
    if SCIENTIFIC.fullmatch(text):
        return Read(error=lost)
    whole = WHOLE_AS_FLOAT.fullmatch(text)
    if whole:
        text = whole[1]
    if (whole or not isinstance(cell, str)) and text.isdigit() and len(text) > EXACT_DIGITS:
        return Read(error=lost)
    if not isinstance(cell, str) and not text.isdigit():
        return Read(error=invalid)
    return text


def serial_no(cell: Value, *, code: str, fixed: int = 0) -> str | Read | None:
    """6–20 ASCII letters or digits; a number shorter than `fixed` may have lost its zeros.

    `code` begins the codes of what is wrong: `code`_precision_lost, `code`_invalid, `code`_short.
    """
    if isinstance(cell, str) and SERIAL_NO.fullmatch(cell):
        return cell
    text = digits_of(cell, lost=f"{code}_precision_lost", invalid=f"{code}_invalid")
    if not isinstance(text, str):
        return text
    if not SERIAL_NO.fullmatch(text):
        return Read(error=f"{code}_invalid")
    was_number = not isinstance(cell, str) or WHOLE_AS_FLOAT.fullmatch(squeezed(cell).lstrip(APOSTROPHES))
    if was_number and len(text) < fixed:
        return Read(text, warning=f"{code}_short")
    return text


def free_serial_no(cell: Value, *, code: str, limit: int = 30) -> str | Read | None:
    """Like `serial_no`, but of any length up to `limit` and with any characters."""
    if isinstance(cell, str) and PLAIN_CODE.fullmatch(cell):
        return cell
    text = digits_of(cell, lost=f"{code}_precision_lost", invalid=f"{code}_invalid")
    return Read(error="text_too_long") if isinstance(text, str) and len(text) > limit else text
