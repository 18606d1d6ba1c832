"""The fee lines of a room and which of them counts on a day (docs/tariff.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing.rules.area import Areas
from billing.rules.tariff import Discount, Inputs, LineName, Special, Tariff
from heating.kit.rounding import ZERO, fen, product, share


@dataclass(frozen=True)
class Candidate:
    """One fee line: its amount, the last day on which it may be chosen (None = always), its discount when open."""

    line: LineName
    amount: Decimal
    last_day: date | None
    discount: Decimal
    special: Special | None = None


class Chosen(NamedTuple):
    """The line that counts on a day: B = candidate.amount, G = discount, P = principal."""

    candidate: Candidate
    discount: Decimal
    principal: Decimal


def full_fee(tariff: Tariff, area: Decimal) -> Decimal:
    """Return the standard fee of the whole season in 元."""
    factors: dict[str, Decimal | int] = {"season": 1, "month": tariff.months, "day": tariff.season_days}
    return fen(product(area, tariff.price, factors[tariff.price_period]))


def standard_fee(tariff: Tariff, inputs: Inputs, area: Decimal) -> Decimal:
    """Return S, the standard fee, in proportion when only some days were heated."""
    return by_days(full_fee(tariff, area), tariff, inputs.heated_days)


def by_days(amount: Decimal, tariff: Tariff, days: int | None) -> Decimal:
    """Return the part of a season's amount that falls on `days` of its days."""
    return amount if days is None else share(product(amount, days), tariff.season_days)


def special_fee(rule: Special, tariff: Tariff, inputs: Inputs, area: Decimal, standard: Decimal) -> Decimal:
    """Return V or Y: never above the standard fee."""
    if rule.method == "percent":
        return min(fen(product(standard, rule.value, Decimal("0.01"))), standard)
    fixed = fen(product(area, rule.value, tariff.months))
    return min(by_days(fixed, tariff, inputs.heated_days), standard)


def discount_on(tariff: Tariff, area: Decimal, amount: Decimal, *, special: bool) -> Decimal:
    """Return G on a line inside the discount window: never above the line."""
    rule = tariff.discount
    if rule is None or (special and not rule.stacks):
        return ZERO
    if rule.method == "percent":
        return min(fen(product(amount, rule.value, Decimal("0.01"))), amount)
    return min(fen(product(area, rule.value, tariff.months)), amount)


def discount_window(tariff: Tariff, rule: Discount) -> tuple[date, date]:
    """Return the first and last day of the discount."""
    return rule.window_from or tariff.pay_from, rule.window_to or tariff.pay_to


def granted(tariff: Tariff, inputs: Inputs) -> list[tuple[LineName, Special]]:
    """Return the special prices that the room is approved for and the product has, lapsed or not."""
    found: list[tuple[LineName, Special]] = []
    if inputs.vacancy and tariff.vacancy:
        found.append(("vacancy", tariff.vacancy))
    relief = tariff.relief(inputs.relief)
    if relief:
        found.append(("relief", relief))
    return found


def candidates(tariff: Tariff, inputs: Inputs, areas: Areas, standard: Decimal) -> tuple[Candidate, ...]:
    """Return the fee lines in the order in which ties are broken: 标准, 空房, 优抚."""
    area = areas.charge
    found = [Candidate("standard", standard, None, discount_on(tariff, area, standard, special=False))]
    for line, rule in granted(tariff, inputs):
        amount = special_fee(rule, tariff, inputs, area, standard)
        last_day = None if rule.lapse == "keep" else rule.window_to
        found.append(Candidate(line, amount, last_day, discount_on(tariff, area, amount, special=True), rule))
    return tuple(found)


def choose(tariff: Tariff, lines: tuple[Candidate, ...], on: date) -> Chosen:
    """Return the line with the lowest amount to pay on a day; the first of equals."""
    window = discount_window(tariff, tariff.discount) if tariff.discount else None
    discounted = window is not None and window[0] <= on <= window[1]
    best: Chosen | None = None
    for candidate in lines:
        if candidate.last_day is not None and on > candidate.last_day:
            continue
        discount = candidate.discount if discounted else ZERO
        chosen = Chosen(candidate, discount, candidate.amount - discount)
        if best is None or chosen.principal < best.principal:
            best = chosen
    assert best is not None
    return best
