"""The figures of a quote as lines that a person can check with a pocket calculator, in Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from billing.rules.area import steps
from billing.rules.heat import Candidate, discount_window, full_fee
from billing.rules.quote import Quote
from billing.rules.tariff import Special
from heating.kit.rounding import plain

LINE_LABELS = {"standard": "热力费", "vacancy": "空房热力费", "relief": "优抚热力费"}
PERIODS = {"season": "季", "month": "月", "day": "日"}
AREA_LABELS = {"floor": "建筑面积", "inner": "户室面积"}
BASE_LABELS = {"unpaid": "未缴本金", "full": "计费金额"}


@dataclass(frozen=True)
class Explained:
    """One line: rule `code`, `label`, `text` (the formula in words), `amount` in 元 (㎡ for areas).

    `sign` is +1 for what is charged, −1 for what is taken off or was paid, 0 for what only explains.
    """

    code: str
    label: str
    text: str
    amount: Decimal
    sign: int = 0
    inputs: dict[str, str] = field(default_factory=dict)


def explain(quote: Quote) -> list[Explained]:
    """Return every line of the figure, from the area to what is due."""
    return [*area_lines(quote), *charge_lines(quote), *late_lines(quote), *settlement_lines(quote)]


def area_lines(quote: Quote) -> Iterator[Explained]:
    """The charged area and the part that was added for height."""
    tariff, areas = quote.tariff, quote.areas
    label = AREA_LABELS[tariff.area_basis]
    text = f"{label} {areas.measured} ㎡"
    if tariff.area_factor != 1:
        text += f" × 系数 {plain(tariff.area_factor)}"
    yield Explained("area", "计费面积", text, areas.base, inputs={"area": str(areas.measured)})
    if areas.over:
        assert tariff.over is not None and quote.inputs.height is not None
        yield Explained(
            "over_height", "超高面积", _over_text(quote), areas.over, inputs={"height": str(quote.inputs.height)}
        )


def _over_text(quote: Quote) -> str:
    rule, height = quote.tariff.over, quote.inputs.height
    assert rule is not None and height is not None
    if rule.rule == "ratio":
        return f"{quote.areas.base} ㎡ × (层高 {height} − {rule.base}) ÷ {rule.base}"
    count = plain(steps(rule, height))
    return f"层高 {height} 米超过 {rule.base} 米，{quote.areas.base} ㎡ × {plain(rule.percent or 0)}% × {count} 步"


def charge_lines(quote: Quote) -> Iterator[Explained]:
    """The fee line that counts and the discount on it; their signed sum is the principal."""
    chosen = quote.chosen.candidate
    text = _standard_text(quote) if chosen.special is None else special_text(quote, chosen)
    yield Explained(
        "heat" if chosen.line == "standard" else chosen.line,
        LINE_LABELS[chosen.line] + (f"（{chosen.special.label}）" if chosen.special and chosen.special.label else ""),
        text,
        chosen.amount,
        1,
        {"standard_fee": str(quote.standard_fee)},
    )
    if quote.discount:
        yield Explained("discount", "优惠", _discount_text(quote), quote.discount, -1)


def _standard_text(quote: Quote) -> str:
    tariff, area = quote.tariff, quote.areas.charge
    text = f"{area} ㎡ × {plain(tariff.price)} 元/㎡·{PERIODS[tariff.price_period]}"
    if tariff.price_period == "month":
        text += f" × {plain(tariff.months)} 个月"
    if tariff.price_period == "day":
        text += f" × {tariff.season_days} 天"
    if quote.inputs.heated_days is not None:
        text = f"{full_fee(tariff, area)} 元（{text}）{_days_text(quote)}"
    return text


def _days_text(quote: Quote) -> str:
    days = quote.inputs.heated_days
    return "" if days is None else f" × {days}/{quote.tariff.season_days} 天"


def special_text(quote: Quote, candidate: Candidate) -> str:
    """Say how a special line came about."""
    rule = candidate.special
    assert rule is not None
    if rule.method == "percent":
        text = f"标准热力费 {quote.standard_fee} 元 × {plain(rule.value)}%"
    else:
        text = f"{quote.areas.charge} ㎡ × {plain(rule.value)} 元/㎡·月 × {plain(quote.tariff.months)} 个月"
        text += _days_text(quote)
    return text + _keep_text(rule)


def _keep_text(rule: Special) -> str:
    return "" if rule.lapse == "keep" else f"，{rule.window_to:%Y-%m-%d} 前缴费有效"


def _discount_text(quote: Quote) -> str:
    rule = quote.tariff.discount
    assert rule is not None
    _, last = discount_window(quote.tariff, rule)
    if rule.method == "percent":
        text = f"{quote.line_amount} 元 × {plain(rule.value)}%"
    else:
        text = f"{quote.areas.charge} ㎡ × {plain(rule.value)} 元/㎡·月 × {plain(quote.tariff.months)} 个月"
    return f"{text}，{last:%Y-%m-%d} 前缴清享受"


def late_lines(quote: Quote) -> Iterator[Explained]:
    """The late fee, if there is one."""
    if quote.late.amount:
        assert quote.late_from is not None
        inputs = {"from": quote.late_from.isoformat(), "count": str(quote.late.count), "base": str(quote.late.base_sum)}
        label = "滞纳金"
        if quote.tariff.late and quote.tariff.late.method == "fixed":
            label += f"（{quote.late.count} 个月）"
        yield Explained("late_fee", label, _late_text(quote), quote.late.amount, 1, inputs)


def _late_text(quote: Quote) -> str:
    rule, late, start = quote.tariff.late, quote.late, quote.late_from
    assert rule is not None and start is not None
    base = BASE_LABELS[rule.base]
    if rule.method == "percent":
        text = f"{base} {late.base_sum} 元 × {plain(rule.value)}%"
    elif rule.method == "daily":
        text = f"{late.count} 天，逐日{base}合计 {late.base_sum} 元 × {plain(rule.value)}‰"
    else:
        text = f"{quote.areas.charge} ㎡ × {plain(rule.value)} 元/㎡·月 × {late.count} 个月"
        if late.base_sum != quote.line_amount * late.count:
            text = (
                f"{quote.areas.charge} ㎡ × {plain(rule.value)} 元/㎡·月"
                f" × 各月{base}合计 {late.base_sum} ÷ {quote.line_amount}"
            )
    if late.capped:
        text += f"，封顶 {plain(rule.cap or 0)}%"
    return f"{text}，自 {start:%Y-%m-%d} 起"


def settlement_lines(quote: Quote) -> Iterator[Explained]:
    """What was waived and paid, what is due, and what is left over."""
    if quote.waived:
        yield Explained("waived", "滞纳金减免", "已批准的减免", quote.waived, -1)
    if quote.paid:
        yield Explained("paid", "已缴", "此前缴费合计", quote.paid, -1)
    text = f"本金 {quote.principal_due} 元 + 滞纳金 {quote.late_due} 元"
    yield Explained("due", "应缴合计", text, quote.due)
    if quote.surplus:
        yield Explained("surplus", "转预存款", "缴费超过应缴的部分", quote.surplus)
