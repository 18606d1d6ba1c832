"""Fee lines in SQL: the same steps as `rules.area` and `rules.heat`.

`facts` is a SELECT with one row per order to price: key, price_on, version_id, floor_area, inner_area, height, vacancy,
relief, heated_days, and whatever the caller wants to keep.
"""

from __future__ import annotations

from billing.bulk.compose_sql import layer, share

# One row per product version, vacancy and relief that occurs: everything that no single room decides.
CARD = """
SELECT k.version_id, k.vacancy, k.relief,
    v.area_basis, v.area_factor, v.over_rule, v.over_base, v.over_step, v.over_percent, v.season_days::numeric,
    v.price, v.price_period, v.months,
    v.price * CASE v.price_period WHEN 'month' THEN v.months WHEN 'day' THEN v.season_days ELSE 1 END AS unit_price,
    CASE WHEN g.vacant THEN v.vacancy_method END AS vacancy_method,
    v.vacancy_value AS vacancy_rate, v.vacancy_lapse, v.vacancy_to,
    v.vacancy_value * CASE v.vacancy_method WHEN 'percent' THEN 0.01 ELSE v.months END AS vacancy_value,
    CASE WHEN g.vacant THEN
        CASE v.vacancy_lapse WHEN 'keep' THEN 'infinity'::date ELSE v.vacancy_to END END AS vacancy_last,
    r.method AS relief_method,
    r.value AS relief_rate, r.lapse AS relief_lapse, r.window_to AS relief_to,
    r.value * CASE r.method WHEN 'percent' THEN 0.01 ELSE v.months END AS relief_value,
    CASE r.lapse WHEN 'keep' THEN 'infinity'::date ELSE r.window_to END AS relief_last,
    nullif(v.discount_method, '') AS discount_method,
    v.discount_value AS discount_rate,
    v.discount_value * CASE v.discount_method WHEN 'percent' THEN 0.01 ELSE v.months END AS discount_value,
    v.discount_stacks,
    CASE WHEN v.discount_method <> '' THEN coalesce(v.discount_from, v.pay_from) END AS discount_first,
    CASE WHEN v.discount_method <> '' THEN coalesce(v.discount_to, v.pay_to) END AS discount_last,
    nullif(v.late_method, '') AS late_method, v.late_value, v.late_base, v.late_part_month, v.late_cap,
    CASE WHEN v.late_method <> '' THEN greatest(
        v.late_from,
        CASE WHEN g.vacant THEN v.vacancy_to + g.gap END,
        r.window_to + g.gap) END AS late_start
FROM (SELECT DISTINCT version_id, vacancy, relief FROM facts) AS k
JOIN billing_productversion AS v ON v.id = k.version_id
LEFT JOIN billing_reliefrule AS r ON r.version_id = k.version_id AND r.relief = k.relief
CROSS JOIN LATERAL (
    SELECT k.vacancy AND v.vacancy_method <> '' AS vacant, coalesce(nullif(v.late_gap_days, 0), 1)::integer AS gap
) AS g
"""

JOINED = """
SELECT f.*, c.area_basis, c.area_factor, c.over_rule, c.over_base, c.over_step, c.over_percent, c.season_days,
    c.unit_price, c.vacancy_method, c.vacancy_value, c.vacancy_last, c.relief_method, c.relief_value, c.relief_last,
    c.discount_method, c.discount_value, c.discount_stacks, c.discount_first, c.discount_last,
    c.late_method, c.late_value, c.late_base, c.late_part_month, c.late_cap, c.late_start
FROM facts AS f
JOIN card AS c ON c.version_id = f.version_id AND c.vacancy = f.vacancy AND c.relief = f.relief
"""

FULL_FEE = "round(charge_area * unit_price, 2)"

OVER = f"""CASE
    WHEN over_rule = 'step' AND height > over_base
        THEN round(base_area * over_percent * ceil((height - over_base) / over_step) * 0.01, 2)
    WHEN over_rule = 'ratio' AND height > over_base THEN {share("base_area * (height - over_base)", "over_base")}
    ELSE 0.00
END"""


def special(kind: str) -> str:
    """Return V or Y: percent of the standard fee, or area × value × months by days; never above the standard fee."""
    fixed = f"round(charge_area * {kind}_value, 2)"
    return f"""
CASE {kind}_method
    WHEN 'percent' THEN least(round(standard_fee * {kind}_value, 2), standard_fee)
    WHEN 'fixed' THEN least(
        CASE WHEN heated_days IS NULL THEN {fixed} ELSE {share(f"{fixed} * heated_days", "season_days")} END,
        standard_fee)
END
"""


def discount(amount: str, allowed: str) -> str:
    """Return G on the line `amount` inside the discount window: never above the line."""
    return f"""
CASE
    WHEN discount_method IS NULL OR NOT {allowed} THEN 0.00
    WHEN discount_method = 'percent' THEN least(round({amount} * discount_value, 2), {amount})
    ELSE least(round(charge_area * discount_value, 2), {amount})
END
"""


def fees() -> str:
    """Return the SELECT of all fee lines of `facts`: areas, standard_fee, vacancy_fee and relief_fee."""
    measured = "CASE area_basis WHEN 'floor' THEN floor_area ELSE inner_area END"
    by_days = share(f"{FULL_FEE} * heated_days", "season_days")
    rows = layer(JOINED, base_area=f"round({measured} * area_factor, 2)")
    rows = layer(rows, charge_area=f"base_area + {OVER}")
    rows = layer(rows, standard_fee=f"CASE WHEN heated_days IS NULL THEN {FULL_FEE} ELSE {by_days} END")
    return layer(rows, vacancy_fee=special("vacancy"), relief_fee=special("relief"))


# Ties go to 标准, then 空房.
VACANCY_WINS = "vacancy_cost < standard_cost AND (relief_cost IS NULL OR vacancy_cost <= relief_cost)"
RELIEF_WINS = "relief_cost < standard_cost"


def choose(rows: str, day: str) -> str:
    """Return `rows` with line, line_amount and principal as of the day expression; the discount is their difference."""
    open_now = f"{day} BETWEEN discount_first AND discount_last"
    standard = discount("standard_fee", "true")
    vacancy, relief = (discount(f"{kind}_fee", "discount_stacks") for kind in ("vacancy", "relief"))
    rows = layer(
        rows,
        standard_cost=f"standard_fee - CASE WHEN {open_now} THEN {standard} ELSE 0.00 END",
        vacancy_cost=f"""CASE WHEN {day} <= vacancy_last
            THEN vacancy_fee - CASE WHEN {open_now} THEN {vacancy} ELSE 0.00 END END""",
        relief_cost=f"""CASE WHEN {day} <= relief_last
            THEN relief_fee - CASE WHEN {open_now} THEN {relief} ELSE 0.00 END END""",
    )
    return layer(
        rows,
        line=f"CASE WHEN {VACANCY_WINS} THEN 'vacancy' WHEN {RELIEF_WINS} THEN 'relief' ELSE 'standard' END",
        line_amount=f"""CASE WHEN {VACANCY_WINS} THEN vacancy_fee WHEN {RELIEF_WINS} THEN relief_fee
            ELSE standard_fee END""",
        principal="least(standard_cost, vacancy_cost, relief_cost)",
    )
