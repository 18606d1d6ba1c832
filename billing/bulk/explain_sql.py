"""The explained lines of an order in SQL: the same words as `rules.explain.charge_lines`."""

from __future__ import annotations

from billing.bulk.compose_sql import layer
from billing.bulk.fees import FULL_FEE
from billing.rules.explain import LINE_LABELS, PERIODS
from property.states import Relief

# Not a literal, which the driver would take for a parameter.
PERCENT = "chr(37)"

LABEL = f"""CASE line
    WHEN 'vacancy' THEN '{LINE_LABELS["vacancy"]}'
    WHEN 'relief' THEN '{LINE_LABELS["relief"]}' || CASE relief
        {" ".join(f"WHEN '{code}' THEN '（{label}）'" for code, label in Relief.choices)} ELSE '' END
    ELSE '{LINE_LABELS["standard"]}' END"""

STANDARD = f"""charge_area || ' ㎡ × ' || trim_scale(price) || CASE price_period
    WHEN 'month' THEN ' 元/㎡·{PERIODS["month"]} × ' || trim_scale(months) || ' 个月'
    WHEN 'day' THEN ' 元/㎡·{PERIODS["day"]} × ' || season_days || ' 天'
    ELSE ' 元/㎡·{PERIODS["season"]}' END"""

DAYS = "CASE WHEN heated_days IS NULL THEN '' ELSE ' × ' || heated_days || '/' || season_days || ' 天' END"


def _special(kind: str) -> str:
    return f"""CASE {kind}_method
        WHEN 'percent' THEN '标准热力费 ' || standard_fee || ' 元 × ' || trim_scale({kind}_rate) || {PERCENT}
        ELSE charge_area || ' ㎡ × ' || trim_scale({kind}_rate) || ' 元/㎡·月 × '
            || trim_scale(months) || ' 个月' || {DAYS} END
        || CASE {kind}_lapse WHEN 'keep' THEN '' ELSE '，' || to_char({kind}_to, 'YYYY-MM-DD') || ' 前缴费有效' END"""


TEXT = f"""CASE
    WHEN line = 'vacancy' THEN {_special("vacancy")}
    WHEN line = 'relief' THEN {_special("relief")}
    WHEN heated_days IS NULL THEN {STANDARD}
    ELSE {FULL_FEE} || ' 元（' || {STANDARD} || '）' || {DAYS} END"""

DISCOUNT = f"""CASE WHEN line_amount = principal THEN NULL ELSE CASE discount_method
    WHEN 'percent' THEN line_amount || ' 元 × ' || trim_scale(discount_rate) || {PERCENT}
    ELSE charge_area || ' ㎡ × ' || trim_scale(discount_rate) || ' 元/㎡·月 × ' || trim_scale(months) || ' 个月' END
    || '，' || to_char(discount_last, 'YYYY-MM-DD') || ' 前缴清享受' END"""


def texts(rows: str) -> str:
    """Return priced `rows` with heat_kind, heat_label, heat_text and discount_text (NULL without discount)."""
    carded = f"""SELECT p.*, c.price, c.price_period, c.months, c.season_days, c.unit_price,
        c.vacancy_method, c.vacancy_rate, c.vacancy_lapse, c.vacancy_to,
        c.relief_method, c.relief_rate, c.relief_lapse, c.relief_to, c.discount_method, c.discount_rate, c.discount_last
        FROM ({rows}) AS p
        JOIN card AS c ON c.version_id = p.version_id AND c.vacancy = p.vacancy AND c.relief = p.relief"""
    return layer(
        carded,
        heat_kind="CASE line WHEN 'standard' THEN 'heat' ELSE line END",
        heat_label=LABEL,
        heat_text=TEXT,
        discount_text=DISCOUNT,
    )
