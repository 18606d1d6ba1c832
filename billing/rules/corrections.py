"""Corrections after the bill: supplements, credits, stopped and resumed heat, refunds by days (docs/tariff.md)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from billing.rules.explain import Explained
from heating.kit.rounding import ZERO, fen, plain, product, share


@dataclass(frozen=True)
class Correction:
    """A difference to settle: `supplement` is still to pay, `credit` goes back; at most one of them is above zero."""

    before: Decimal
    after: Decimal
    lines: tuple[Explained, ...] = ()

    @property
    def supplement(self) -> Decimal:
        return max(ZERO, self.after - self.before)

    @property
    def credit(self) -> Decimal:
        return max(ZERO, self.before - self.after)


def difference(before: Decimal, after: Decimal, *, reason: str) -> Correction:
    """Return what an area, price or product change costs or gives back, in 元 (X08, X09)."""
    text = f"更正后 {after} 元 − 原 {before} 元"
    code, label, sign = ("supplement", "补差", 1) if after >= before else ("credit", "退差", -1)
    return Correction(before, after, (Explained(code, f"{reason}{label}", text, abs(after - before), sign),))


def by_days(
    standard: Decimal, basic: Decimal, *, heated: int, stopped: int, season_days: int, paid: Decimal = ZERO
) -> Correction:
    """Return the fee of a season with `heated` and `stopped` days against what was `paid` (X01, X12).

    `standard` and `basic` (空房) are the whole season's fees in 元; each part is rounded by itself.
    """
    if heated < 0 or stopped < 0 or heated + stopped > season_days:
        raise ValueError("days outside the season")
    warm = share(product(standard, heated), season_days)
    cold = share(product(basic, stopped), season_days)
    lines = (
        Explained("heat", "热力费（供热天数）", f"{standard} 元 × {heated}/{season_days} 天", warm, 1),
        Explained("vacancy", "空房热力费（停供天数）", f"{basic} 元 × {stopped}/{season_days} 天", cold, 1),
    )
    return Correction(paid, warm + cold, lines)


def refund_by_days(standard: Decimal, *, days: int, percent: Decimal, season_days: int, reason: str) -> Explained:
    """Return what goes back for cold rooms (`percent` of the day's fee) or heat outages (100 %) (X06, X07)."""
    amount = share(product(standard, percent, days), product(100, season_days))
    text = f"{standard} 元 ÷ {season_days} 天 × {days} 天 × {plain(percent)}%"
    return Explained("refund", reason, text, min(amount, standard), -1)


# 1 GJ in each unit, as the trade converts it.
PER_GJ = {"GJ": Decimal(1), "kWh": Decimal("277.78"), "MWh": Decimal("0.27778")}


def heat_charge(use: Decimal, *, unit: str, price: Decimal, price_unit: str) -> Decimal:
    """Return the metered heat fee in 元 for `use` in `unit` at `price` per `price_unit` (X05)."""
    if unit == price_unit:
        return fen(product(use, price))
    return share(product(use, price, PER_GJ[price_unit]), PER_GJ[unit])


def metered(
    *,
    area: Decimal,
    basic_price: Decimal,
    heat: Decimal,
    prepaid: Decimal,
    area_fee: Decimal,
    cap_percent: Decimal | None = None,
) -> Correction:
    """Settle a two-part tariff against the prepaid area fee (X02–X04).

    Basic fee = `area` ㎡ × `basic_price` 元/㎡ of the season, `heat` = the metered charge; a cap is a percentage of
    `area_fee`, the fee by area. The credit or supplement is against what was `prepaid`.
    """
    basic = fen(product(area, basic_price))
    total = basic + heat
    lines = [
        Explained("basic", "基本热费", f"{area} ㎡ × {plain(basic_price)} 元/㎡", basic, 1),
        Explained("metered", "计量热费", "按表计量", heat, 1),
    ]
    if cap_percent is not None:
        most = fen(product(area_fee, cap_percent, Decimal("0.01")))
        if total > most:
            text = f"按面积热费 {area_fee} 元 × {plain(cap_percent)}% = {most} 元封顶"
            lines.append(Explained("cap", "封顶", text, total - most, -1))
            total = most
    return Correction(prepaid, total, tuple(lines))
