"""Telephone numbers: mobiles of eleven digits, landlines as area-number."""

from __future__ import annotations

import re
import unicodedata

from heating.kit.parsing.read import Read, Value
from heating.kit.parsing.text import APOSTROPHES, EXACT_DIGITS, INVISIBLE, plain

MOBILE = re.compile(r"1[3-9][0-9]{9}")
LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([1-9][0-9]{6,7})")
COUNTRY = re.compile(r"(?:\+86|0086|86)([0-9]{11})")
SCIENTIFIC = re.compile(r"([0-9])(?:\.([0-9]*))?E\+?([0-9]{1,3})", re.IGNORECASE)
SEPARATOR = re.compile(r"[/、,;\n\r]+")
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u30fc\ufe58\ufe63\uff0d"
NOISE = re.compile(rf"[{DASHES}\s()\[\]【】〔〕]+")


def phone(cell: Value) -> str | Read | None:
    """One number, or two of which the second is kept apart (phone_second_number)."""
    if isinstance(cell, str) and MOBILE.fullmatch(cell):
        return cell
    text = plain(cell)
    if not isinstance(text, str):
        return text
    if not isinstance(cell, str) and len(text.partition(".")[0]) > EXACT_DIGITS:
        return Read(error="phone_precision_lost")
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip().lstrip(APOSTROPHES)
    parts = [part for part in SEPARATOR.split(text) if part.strip()]
    numbers = [one_number(part) for part in parts]
    for found in numbers:
        if isinstance(found, Read):
            return found
    first, *more = numbers or [Read(error="phone_invalid")]
    if len(more) > 1 or isinstance(first, Read):
        return Read(error="phone_invalid")
    if more and more[0] != first:
        return Read(first, warning="phone_second_number", second=str(more[0]))
    return first


def one_number(text: str) -> str | Read:
    """Read one number without its decoration."""
    digits = NOISE.sub("", text).lstrip(APOSTROPHES)
    scientific = SCIENTIFIC.fullmatch(digits)
    if scientific:
        first, rest, exponent = scientific[1], scientific[2] or "", int(scientific[3])
        if len(rest) != exponent:
            return Read(error="phone_precision_lost")
        digits = first + rest
    if digits.endswith(".0"):
        digits = digits[:-2]
    country = COUNTRY.fullmatch(digits)
    if country:
        digits = country[1]
    if MOBILE.fullmatch(digits):
        return digits
    landline = LANDLINE.fullmatch(digits)
    return f"{landline[1]}-{landline[2]}" if landline else Read(error="phone_invalid")
