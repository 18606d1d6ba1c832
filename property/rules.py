"""The shape of phones and accounts (domain.md §5.8), and the numbering of a whole building."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import product

from heating.kit.normal import name

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})(\d{7,8})", re.ASCII)
ACCOUNT = re.compile(r"[A-Za-z0-9]{6,20}", re.ASCII)


def tidy(text: str) -> str:
    """Return a name or place as an import would store it, so that one thing typed twice is one thing.

    No format characters, no white space beside Chinese or at the ends, digits and letters of half width.
    """
    return str(name(text, limit=len(text)) or "")


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


@dataclass(frozen=True)
class Planned:
    """One room of a building to be made at once."""

    unit: int
    floor: int
    number: str
    account_no: str


def planned_rooms(*, units: int, floors: int, per_floor: int, first_account: str) -> list[Planned]:
    """Return units × floors × rooms per floor: floor 5, room 1 is 501; accounts count on from the first.

    `ValueError` when the accounts would outgrow the digits of the first.
    """
    head = first_account.rstrip("0123456789")
    digits = first_account[len(head) :]
    total = units * floors * per_floor
    if not digits or int(digits) + total - 1 >= 10 ** len(digits):
        raise ValueError("accounts run out of digits")
    places = product(range(1, units + 1), range(1, floors + 1), range(1, per_floor + 1))
    return [
        Planned(unit, floor, f"{floor}{n:02d}", f"{head}{int(digits) + index:0{len(digits)}d}")
        for index, (unit, floor, n) in enumerate(places)
    ]
