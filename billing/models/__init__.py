"""What is owed: seasons, products, contracts, orders, and the ledger."""

from billing.models.contracts import Contract
from billing.models.ledger import Allocation, Excess, LedgerEntry, LedgerGroup, Prepayment, PrepaymentEntry
from billing.models.orders import Order, OrderLine
from billing.models.products import Product, ProductVersion, ReliefRule
from billing.models.runs import BillRun, SeasonRollup, Unbillable
from billing.models.seasons import Season

__all__ = [
    "Allocation",
    "BillRun",
    "Contract",
    "Excess",
    "LedgerEntry",
    "LedgerGroup",
    "Order",
    "OrderLine",
    "Prepayment",
    "PrepaymentEntry",
    "Product",
    "ProductVersion",
    "ReliefRule",
    "Season",
    "SeasonRollup",
    "Unbillable",
]
