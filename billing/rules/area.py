"""Charge area: the area of the product's basis, its coefficient, and 超高 (docs/tariff.md)."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from billing.rules.tariff import Inputs, OverHeight, Tariff
from heating.kit.errors import Refusal
from heating.kit.rounding import EXACT, ZERO, fen, product, share

NO_AREA = {"floor": "没有建筑面积，不能计费", "inner": "没有户室面积，不能计费"}


class Areas(NamedTuple):
    """Areas in ㎡: as measured, times the coefficient (`base`), added for height (`over`), `charge` = base + over."""

    measured: Decimal
    base: Decimal
    over: Decimal
    charge: Decimal


def charge_area(tariff: Tariff, inputs: Inputs) -> Areas:
    """Return the areas that `tariff` charges; `Refusal` when the room lacks the area that it is charged by."""
    measured = inputs.floor_area if tariff.area_basis == "floor" else inputs.inner_area
    if measured is None or measured <= 0:
        raise Refusal(NO_AREA[tariff.area_basis])
    base = fen(product(measured, tariff.area_factor))
    over = over_area(tariff.over, base, inputs.height)
    return Areas(measured, base, over, base + over)


def over_area(rule: OverHeight | None, base: Decimal, height: Decimal | None) -> Decimal:
    """Return the ㎡ added for a height above the rule's base."""
    if rule is None or height is None or height <= rule.base:
        return ZERO
    if rule.rule == "ratio":
        return share(product(base, height - rule.base), rule.base)
    return share(product(base, rule.percent or ZERO, steps(rule, height)), 100)


def steps(rule: OverHeight, height: Decimal) -> Decimal:
    """Return the number of begun steps above the base."""
    assert rule.step is not None
    return EXACT.divide(height - rule.base, rule.step).to_integral_value(ROUND_CEILING)
