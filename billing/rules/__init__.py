"""The one definition of what heat costs (domain.md §2): arithmetic on frozen dataclasses, without clock or database."""

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
