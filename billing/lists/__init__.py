"""List pages of orders, and of what is owed back."""

from billing.lists.excess import ExcessList
from billing.lists.orders import OrderList

__all__ = ["ExcessList", "OrderList"]
