"""Money, areas and rates: exact decimals, rounded half up, once per line."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
MAX_AMOUNT = Decimal("99999999.99")


def fen(amount: Decimal) -> Decimal:
    """Round an exact amount in 元 half up to 0.01."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def money_field(**options: Any) -> models.DecimalField:
    """Return the column type of every amount: 元, numeric(14,2)."""
    return models.DecimalField(max_digits=14, decimal_places=2, **options)


def rate_field(**options: Any) -> models.DecimalField:
    """Return the column type of prices, percentages and coefficients: numeric(14,4)."""
    return models.DecimalField(max_digits=14, decimal_places=4, **options)


def area_field(**options: Any) -> models.DecimalField:
    """Return the column type of areas and heights: ㎡ or m, numeric(10,2)."""
    return models.DecimalField(max_digits=10, decimal_places=2, **options)
