"""The lists of owners, places, rooms and change requests."""

from property.lists.changes import OwnerChangeList, RoomChangeList
from property.lists.owners import OwnerList
from property.lists.places import BuildingList, CommunityList, UnitList
from property.lists.rooms import RoomList

__all__ = [
    "BuildingList",
    "CommunityList",
    "OwnerChangeList",
    "OwnerList",
    "RoomChangeList",
    "RoomList",
    "UnitList",
]
