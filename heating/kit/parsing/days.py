"""Dates as people write them: the year always first."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from heating.kit.parsing.read import Read, Value
from heating.kit.parsing.text import APOSTROPHES, identifier, plain

CLOCK = r"(?:T?[0-9]{1,2}[:时点][0-9]{1,2}(?:[:分][0-9]{0,2}(?:\.[0-9]+)?秒?)?分?)?"
WRITTEN = re.compile(rf"([0-9]{{4}})([-/.年])([0-9]{{1,2}})([-/.月])([0-9]{{1,2}})(日?){CLOCK}")
SOLID = re.compile(rf"([0-9]{{4}})([0-9]{{2}})([0-9]{{2}})(?:\.0+)?{CLOCK}")
SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
SERIALS = range(20_000, 80_001)
# Day 0 of both date systems, as far as serials from 20,000 on are concerned.
DAY_ZERO, DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
TIME_AT_END = re.compile(r"\s+[0-9]{1,2}[:：].*$", re.DOTALL)


def day(cell: Value, *, date1904: bool = False) -> str | Read | None:
    """An ISO date; a time of day is dropped. `date1904` is the date system of the file, for serial numbers."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return Read(error="date_invalid")
    text = plain(cell)
    if not isinstance(text, str):
        return text
    # The gap between date and time is the only white space that means something.
    text = TIME_AT_END.sub("", text)
    code = identifier(text)
    return _read(code.lstrip(APOSTROPHES), date1904) if isinstance(code, str) else code


def _read(text: str, date1904: bool) -> str | Read:
    if SERIAL.fullmatch(text) and int(float(text)) in SERIALS:
        start = DAY_ZERO_1904 if date1904 else DAY_ZERO
        return (start + timedelta(days=int(float(text)))).isoformat()
    solid, written = SOLID.fullmatch(text), WRITTEN.fullmatch(text)
    if written:
        year, first, month, second, number, last = written.groups()
        if (first == "年") != (second == "月") or (last and first != "年") or (first != "年" and first != second):
            return Read(error="date_invalid")
    elif solid:
        year, month, number = solid.groups()
    else:
        return Read(error="date_invalid")
    try:
        return date(int(year), int(month), int(number)).isoformat()
    except ValueError:
        return Read(error="date_invalid")
