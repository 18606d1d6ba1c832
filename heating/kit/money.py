"""Columns of money, areas and rates; the arithmetic is in `rounding`."""

from typing import Any

from django.db import models

from heating.kit.rounding import CENT, MAX_AMOUNT, ZERO, fen

__all__ = ["CENT", "MAX_AMOUNT", "ZERO", "area_field", "fen", "money_field", "rate_field"]


def money_field(**options: Any) -> models.DecimalField:
    """Return the column type of every amount: 元, numeric(14,2)."""
    return models.DecimalField(max_digits=14, decimal_places=2, **options)


def rate_field(**options: Any) -> models.DecimalField:
    """Return the column type of prices, percentages and coefficients: numeric(14,4)."""
    return models.DecimalField(max_digits=14, decimal_places=4, **options)


def area_field(**options: Any) -> models.DecimalField:
    """Return the column type of areas and heights: ㎡ or m, numeric(10,2)."""
    return models.DecimalField(max_digits=10, decimal_places=2, **options)
