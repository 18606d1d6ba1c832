"""What is checked before a product version is saved (docs/tariff.md); each finding is one Chinese sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from billing.rules.heat import discount_window
from billing.rules.tariff import Discount, LateFee, OverHeight, Special, Tariff
from heating.kit.rounding import plain


class Finding(NamedTuple):
    """A reason not to save: the `field` of the form (a column of the version), and the sentence."""

    field: str
    sentence: str


HUNDRED = Decimal(100)


def findings(tariff: Tariff, *, least_gap: int = 1) -> list[Finding]:
    """Return everything that is wrong with a tariff; `least_gap` is the parameter 滞纳金最小间隔天数 (N)."""
    found = [*_basics(tariff), *_over(tariff.over)]
    if tariff.late:
        found += _late(tariff, tariff.late, least_gap)
    if tariff.vacancy:
        found += _special(tariff, tariff.vacancy, "空房", "vacancy")
    for relief in tariff.reliefs:
        found += _special(tariff, relief, f"优抚（{relief.label or relief.relief}）", f"relief_{relief.relief}")
    kinds = [relief.relief for relief in tariff.reliefs]
    if len(kinds) != len(set(kinds)):
        found.append(Finding("reliefs", "优抚类型重复"))
    if tariff.discount:
        found += _discount(tariff, tariff.discount)
    return found


def season_price(tariff: Tariff) -> Decimal:
    """Return what a ㎡ costs for the whole season in 元."""
    return (
        tariff.price
        * {"season": Decimal(1), "month": tariff.months, "day": Decimal(tariff.season_days)}[tariff.price_period]
    )


def _basics(tariff: Tariff) -> Iterator[Finding]:
    if tariff.price <= 0:
        yield Finding("price", "热力费单价须大于 0")
    if not Decimal("0.5") <= tariff.months <= 12:
        yield Finding("months", "计费月数须在 0.5 到 12 之间")
    if not 1 <= tariff.season_days <= 366:
        yield Finding("season_days", "季天数须在 1 到 366 之间")
    if not 0 < tariff.area_factor <= 1:
        yield Finding("area_factor", "面积系数须大于 0 且不超过 1")
    if tariff.pay_from > tariff.pay_to:
        yield Finding("pay_to", "缴费终止时间不能早于缴费起始时间")


def _over(rule: OverHeight | None) -> Iterator[Finding]:
    if rule is None:
        return
    if rule.base <= 0:
        yield Finding("over_base", "超高起点须大于 0")
    if rule.rule == "step":
        if rule.step is None or rule.step <= 0:
            yield Finding("over_step", "超高步长须大于 0")
        if rule.percent is None or not 0 <= rule.percent <= HUNDRED:
            yield Finding("over_percent", "每步加收须在 0 到 100 之间")


def _late(tariff: Tariff, rule: LateFee, least_gap: int) -> Iterator[Finding]:
    if tariff.gap_days < max(1, least_gap):
        yield Finding("late_gap_days", f"滞纳金间隔天数须至少 {max(1, least_gap)} 天")
    earliest = tariff.pay_to + timedelta(days=tariff.gap_days)
    if rule.starts_on < earliest:
        yield Finding(
            "late_from",
            f"滞纳金生效日期须在缴费终止时间后至少 {tariff.gap_days} 天，即不早于 {earliest:%Y-%m-%d}",
        )
    limit = Decimal(1000) if rule.method == "daily" else HUNDRED
    if rule.value < 0:
        yield Finding("late_value", "滞纳金值不能为负")
    elif rule.method != "fixed" and rule.value > limit:
        yield Finding("late_value", f"滞纳金比例须在 0 到 {limit:f} 之间")
    if rule.cap is not None and not 0 <= rule.cap <= HUNDRED:
        yield Finding("late_cap", "滞纳金封顶须在 0 到 100 之间")


def _special(tariff: Tariff, rule: Special, name: str, field: str) -> Iterator[Finding]:
    if rule.window_from > rule.window_to:
        yield Finding(f"{field}_to", f"{name}缴费终止时间不能早于起始时间")
    yield from _value(tariff, rule, name, field)


def _value(tariff: Tariff, rule: Special | Discount, name: str, field: str) -> Iterator[Finding]:
    if rule.value < 0:
        yield Finding(f"{field}_value", f"{name}值不能为负")
    elif rule.method == "percent" and rule.value > HUNDRED:
        yield Finding(f"{field}_value", f"{name}百分比须在 0 到 100 之间")
    elif rule.method == "fixed" and rule.value * tariff.months >= season_price(tariff):
        yield Finding(
            f"{field}_value", f"{name}定额 × 计费月数须低于每平方米全季标准价 {plain(season_price(tariff))} 元"
        )


def _discount(tariff: Tariff, rule: Discount) -> Iterator[Finding]:
    first, last = discount_window(tariff, rule)
    if first > last:
        yield Finding("discount_to", "优惠终止时间不能早于起始时间")
    if tariff.late and last >= tariff.late.starts_on:
        yield Finding("discount_to", "优惠终止时间须早于滞纳金生效日期")
    yield from _value(tariff, rule, "优惠", "discount")
