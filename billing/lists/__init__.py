"""List pages of orders, of changes under approval, and of what is owed back."""

from billing.lists.changes import OwnerChangeList, RoomChangeList
from billing.lists.excess import ExcessList
from billing.lists.orders import OrderList

__all__ = ["ExcessList", "OrderList", "OwnerChangeList", "RoomChangeList"]
