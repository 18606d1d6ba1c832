"""Late fees and the next day of change in SQL: the same steps as `rules.late` and `rules.changes`."""

from __future__ import annotations

from billing.bulk.compose_sql import layer, share

# Days on which principal was paid (net, ascending), with the sum up to and including the day.
DAYS = "SELECT key, day, sum(amount) OVER (PARTITION BY key ORDER BY day) AS paid FROM history"

# Stretches of days at whose start the same was paid: a payment counts from the day after it.
STRETCHES = """
SELECT key, day AS after, lead(day, 1, 'infinity'::date) OVER (PARTITION BY key ORDER BY day) AS until, paid FROM days
UNION ALL
SELECT key, '-infinity'::date, min(day), 0.00 FROM days GROUP BY key
"""

# 舍去 counts only the months that are over, and none that ends after the principal was paid.
LIMIT = """CASE WHEN late_method = 'fixed' AND late_part_month = 'drop'
    THEN greatest(billing_months(late_start, {last}), 0) ELSE 2147483647 END"""

SUMS = f"""
SELECT key, sum(charged * points) AS base_sum, sum(points)::integer AS points FROM (
    SELECT c.key,
        CASE c.late_base WHEN 'full' THEN c.line_amount ELSE c.line_amount - s.paid END AS charged,
        least(billing_late_points(late_method, late_start, least(s.until, c.stop)), c.most)
            - least(billing_late_points(late_method, late_start, least(s.after, c.stop)), c.most) AS points
    FROM (SELECT *, least(price_on, closed_on) AS stop,
            {LIMIT.format(last="least(price_on, closed_on)")} AS most
        FROM chosen WHERE late_start <= price_on) AS c
    JOIN stretches AS s ON s.key = c.key AND s.paid < c.line_amount
) AS counted WHERE points > 0 GROUP BY key
"""


def late(rows: str, *, history: bool, kept: str = "below.*", **more: str) -> str:
    """Return `rows` (with the chosen line and closed_on) with late_points, late_fee and next_change_on.

    With `history`, late_points_paid and late_base_paid hold what `SUMS` counted for the orders that have payments.
    """
    accrues = "coalesce(late_start <= price_on AND line_amount > 0, false)"
    alone = f"least(billing_late_points(late_method, late_start, price_on), {LIMIT.format(last='price_on')})"
    if history:
        points = f"""CASE WHEN NOT ({accrues}) THEN 0 WHEN has_payments THEN coalesce(late_points_paid, 0)
            ELSE {alone} END"""
        base = "CASE WHEN has_payments THEN late_base_paid ELSE line_amount * late_points END"
    else:
        points, base = f"CASE WHEN {accrues} THEN {alone} ELSE 0 END", "line_amount * late_points"
    rows = layer(rows, late_points=points, **more)
    fixed = share(f"charge_area * late_value * {base}", "line_amount")
    rows = layer(
        rows,
        late_plain=f"""CASE
            WHEN late_points = 0 THEN 0.00
            WHEN late_method = 'fixed' THEN {fixed}
            ELSE round({base} * late_value * CASE late_method WHEN 'percent' THEN 0.01 ELSE 0.001 END, 2)
            END""",
        late_most=f"CASE WHEN {accrues} THEN round(line_amount * late_cap * 0.01, 2) END",
    )
    return layer(
        rows,
        keep=kept,
        late_fee="least(late_plain, late_most)",
        next_change_on=f"nullif(least({PRICE_DAY}, {LATE_DAY}), 'infinity'::date)",
    )


def _after(day: str) -> str:
    return f"CASE WHEN {day} > price_on THEN {day} END"


PRICE_DAY = f"""CASE WHEN closed_on IS NULL THEN least(
    {_after("discount_first")}, {_after("(discount_last + 1)")},
    {_after("(vacancy_last + 1)")}, {_after("(relief_last + 1)")}) END"""

LATE_DAY = """CASE
    WHEN late_start IS NULL OR late_plain >= late_most OR late_value = 0 OR line_amount <= 0 THEN NULL
    WHEN closed_on IS NOT NULL THEN NULL
    WHEN late_method = 'fixed' AND late_part_month = 'drop' THEN
        billing_add_months(late_start, greatest(billing_months(late_start, price_on) + 1, 1))
    WHEN late_start > price_on THEN late_start
    WHEN late_method = 'daily' THEN price_on + 1
    WHEN late_method = 'fixed' THEN billing_add_months(late_start, billing_months(late_start, price_on) + 1)
END"""
