"""List pages of owners and rooms with their money, of changes under approval, and of what is owed back."""

from billing.lists.changes import OwnerChangeList, RoomChangeList
from billing.lists.excess import ExcessList
from billing.lists.owners import OwnerList
from billing.lists.rooms import RoomList

__all__ = ["ExcessList", "OwnerChangeList", "OwnerList", "RoomChangeList", "RoomList"]
