"""The one definition of what heat costs (docs/tariff.md): arithmetic on frozen dataclasses, no clock, no database."""

from billing.rules.quote import Quote, quote
from billing.rules.tariff import Discount, Inputs, LateFee, OverHeight, Payment, Special, Tariff

__all__ = [
    "Discount",
    "Inputs",
    "LateFee",
    "OverHeight",
    "Payment",
    "Quote",
    "Special",
    "Tariff",
    "quote",
]
