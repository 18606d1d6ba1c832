"""The shape of phones, accounts and meter numbers, and the numbering of a whole building."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from heating.kit.parsing import Read, Value, free_serial_no, name, phone, serial_no


def tidy(text: str) -> str:
    """Return a name or place as an import would store it, so that one thing typed twice is one thing.

    No format characters, no white space beside Chinese or at the ends, digits and letters of half width.
    """
    return str(name(text, limit=len(text)) or "")


def account_no(cell: Value, *, fixed: int = 0) -> str | Read | None:
    """Read a cell or an input as 缴费账号: 6–20 letters or digits, of `fixed` digits where it was a number."""
    return serial_no(cell, code="account", fixed=fixed)


def meter_no(cell: Value) -> str | Read | None:
    """Read a cell or an input as 热表号."""
    return free_serial_no(cell, code="meter", limit=30)


def phone_number(text: str) -> str | None:
    """Return one phone as it is stored (mobile digits, or area-number), or None when it is none, or two."""
    found = phone(text)
    return found if isinstance(found, str) else None


def account_number(text: str) -> str | None:
    """Return an account as it is stored, or None when it is none."""
    found = account_no(text)
    return found if isinstance(found, str) else None


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
