"""Areas, heights, amounts, quantities: rounded half up where the trade allows it, never guessed."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal

from heating.kit.parsing.read import Read, Value
from heating.kit.parsing.text import plain, squeezed

NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|-?\.[0-9]+")
AREA_UNIT = re.compile(r"(?:m2|M2|平方米|平方|平米|平)$")
HEIGHT_UNIT = re.compile(r"(?:m|M|米)$")
CURRENCY = re.compile(r"^¥|元$")
LONGEST = 40
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
CENT = Decimal("0.01")


def number(text: str) -> Decimal | None:
    """Read decimal digits with well-placed thousands commas; None for anything else."""
    if len(text) > LONGEST or not NUMBER.fullmatch(text):
        return None
    return Decimal(text.replace(",", ""))


def _bare(cell: Value, unit: re.Pattern[str]) -> str | Read | None:
    text = plain(cell)
    return unit.sub("", squeezed(text), count=1) if isinstance(text, str) else text


def _rounded(cell: Value, unit: re.Pattern[str], code: str, step: Decimal = CENT) -> Decimal | Read | None:
    """Return the number rounded to `step`, or a Read with `code`_invalid."""
    text = _bare(cell, unit)
    if not isinstance(text, str):
        return text
    exact = number(text)
    return Read(error=f"{code}_invalid") if exact is None else exact.quantize(step, context=EXACT)


def _warned(cell: Value, unit: re.Pattern[str], value: Decimal, code: str) -> str | Read:
    exact = number(str(_bare(cell, unit)))
    return str(value) if exact == value else Read(str(value), warning=f"{code}_rounded")


def area(cell: Value) -> str | Read | None:
    """㎡ with two decimals, 0.01–100,000.00; half up first, then the limits."""
    value = _rounded(cell, AREA_UNIT, "area")
    if not isinstance(value, Decimal):
        return value
    if value <= 0:
        return Read(error="area_not_positive")
    if value > 100_000:
        return Read(error="area_too_large")
    return _warned(cell, AREA_UNIT, value, "area")


def height(cell: Value) -> str | Read | None:
    """m with two decimals, 2.00–30.00."""
    value = _rounded(cell, HEIGHT_UNIT, "height")
    if not isinstance(value, Decimal):
        return value
    if not 2 <= value <= 30:
        return Read(error="height_out_of_range")
    return _warned(cell, HEIGHT_UNIT, value, "height")


def money(cell: Value) -> str | Read | None:
    """元 with at most two decimals, 0.00–99,999,999.99; money is never rounded here."""
    text = _bare(cell, CURRENCY)
    if not isinstance(text, str):
        return text
    value = number(CURRENCY.sub("", text, count=1))
    if value is None:
        return Read(error="amount_invalid")
    if not 0 <= value <= Decimal("99999999.99"):
        return Read(error="amount_out_of_range")
    if value != round(value, 2):
        return Read(error="amount_invalid")
    return str(abs(value).quantize(CENT, context=EXACT))  # -0 is 0


def quantity(
    cell: Value, *, unit: re.Pattern[str], code: str, step: Decimal = Decimal("0.001")
) -> Decimal | Read | None:
    """A meter reading and the like, rounded half up to `step`; `unit` matches what may stand behind it."""
    return _rounded(cell, unit, code, step)
