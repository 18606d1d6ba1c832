"""The whole price of many orders in one SELECT."""

from __future__ import annotations

from billing.bulk.fees import CARD, choose, fees
from billing.bulk.late import DAYS, STRETCHES, SUMS, late


def unpaid(facts: str, kept: str = "below.*") -> str:
    """Return CTEs ending in `priced`, for orders on which nothing has been paid (the bill run).

    `kept` names the columns of `priced` besides late_fee and next_change_on: those of `facts` and the figures.
    A principal of zero closes at once (零应缴).
    """
    closed = "CASE WHEN principal = 0 THEN price_on END"
    priced = late(choose(fees(), "price_on"), history=False, kept=kept, closed_on=closed)
    return f"""
facts AS NOT MATERIALIZED ({facts}),
card AS MATERIALIZED ({CARD}),
priced AS MATERIALIZED ({priced})
"""


def paid(facts: str, history: str) -> str:
    """Return CTEs ending in `priced`, for orders with payments.

    `history` is a SELECT of key, day and amount: the principal paid on a day, net, one row per day; a row with amount 0
    marks a day on which the order was closed without money.
    """
    on_day = choose(
        """SELECT fees.*, days.day, days.paid FROM fees JOIN days ON days.key = fees.key
        WHERE days.day <= fees.price_on""",
        "day",
    )
    rows = """SELECT fees.*, closings.closed_on, paying.key IS NOT NULL AS has_payments
        FROM fees LEFT JOIN closings ON closings.key = fees.key
        LEFT JOIN (SELECT DISTINCT key FROM days) AS paying ON paying.key = fees.key"""
    summed = """SELECT chosen.*, sums.base_sum AS late_base_paid, sums.points AS late_points_paid
        FROM chosen LEFT JOIN sums ON sums.key = chosen.key"""
    return f"""
facts AS MATERIALIZED ({facts}),
history AS MATERIALIZED ({history}),
days AS MATERIALIZED ({DAYS}),
stretches AS MATERIALIZED ({STRETCHES}),
card AS MATERIALIZED ({CARD}),
fees AS MATERIALIZED ({fees()}),
closings AS MATERIALIZED (SELECT key, min(day) AS closed_on FROM ({on_day}) AS d WHERE paid >= principal GROUP BY key),
chosen AS MATERIALIZED ({choose(rows, "coalesce(closed_on, price_on)")}),
sums AS MATERIALIZED ({SUMS}),
priced AS MATERIALIZED ({late(summed, history=True)})
"""
