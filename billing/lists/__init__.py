"""List pages of rooms with their money, and of changes under approval."""

from billing.lists.changes import OwnerChangeList, RoomChangeList
from billing.lists.rooms import RoomList

__all__ = ["OwnerChangeList", "RoomChangeList", "RoomList"]
