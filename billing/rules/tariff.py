"""What a price is made from: one product version with its parts, the facts of one room, and its payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from heating.kit.rounding import ZERO

# The words are those stored by `billing.states`; a test holds the two equal.
Method = Literal["fixed", "percent"]
LateMethod = Literal["fixed", "percent", "daily"]
PricePeriod = Literal["season", "month", "day"]
AreaBasis = Literal["floor", "inner"]
OverRule = Literal["step", "ratio"]
LateBase = Literal["unpaid", "full"]
PartMonth = Literal["count", "drop"]
Lapse = Literal["standard", "keep"]
LineName = Literal["standard", "vacancy", "relief"]

NO_RELIEF = "normal"


@dataclass(frozen=True, kw_only=True)
class OverHeight:
    """超高加收 above `base` metres: STEP adds `percent` of the area per begun `step`, RATIO adds (h − base) / base."""

    rule: OverRule
    base: Decimal
    step: Decimal | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Special:
    """A special price (空房, or 优抚 of type `relief`): 元/㎡ per month, or percent of the standard fee.

    After `window_to` it lapses to the standard fee unless `lapse` is "keep" (docs/tariff.md).
    """

    method: Method
    value: Decimal
    window_from: date
    window_to: date
    lapse: Lapse
    relief: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Discount:
    """优惠, an amount taken off; an empty end of its window is that of the payment window (docs/tariff.md)."""

    method: Method
    value: Decimal
    window_from: date | None = None
    window_to: date | None = None
    stacks: bool = False


@dataclass(frozen=True, kw_only=True)
class LateFee:
    """滞纳金: 元/㎡ per month, percent once, or ‰ per day, from `starts_on` (D_e); `cap` in percent of the fee line."""

    method: LateMethod
    value: Decimal
    starts_on: date
    base: LateBase = "unpaid"
    part_month: PartMonth = "count"
    cap: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """The inputs of one product version (docs/tariff.md); an absent part is None."""

    price: Decimal
    months: Decimal
    season_days: int
    pay_from: date
    pay_to: date
    price_period: PricePeriod = "season"
    area_basis: AreaBasis = "floor"
    area_factor: Decimal = Decimal(1)
    gap_days: int = 1
    over: OverHeight | None = None
    late: LateFee | None = None
    vacancy: Special | None = None
    reliefs: tuple[Special, ...] = ()
    discount: Discount | None = None

    def relief(self, kind: str) -> Special | None:
        """Return the special price of a relief type, if this tariff has one."""
        return next((rule for rule in self.reliefs if rule.relief == kind), None)


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The facts of one room and season: areas in ㎡, height in m, approved statuses, days heated (None = all)."""

    floor_area: Decimal | None = None
    inner_area: Decimal | None = None
    height: Decimal | None = None
    vacancy: bool = False
    relief: str = NO_RELIEF
    heated_days: int | None = None


class Payment(NamedTuple):
    """Money put to the order on a day; `late` is the part of `amount` that was put to the late fee by name.

    Without a named part, money above the principal pays the late fee, and what is then left is surplus.
    An amount of zero marks a day on which the order was looked at, such as its creation: it closes P = 0.
    """

    on: date
    amount: Decimal
    late: Decimal = ZERO
