"""The lists of owners, places and rooms."""

from property.lists.owners import OwnerList
from property.lists.places import BuildingList, CommunityList, UnitList
from property.lists.rooms import RoomList

__all__ = ["BuildingList", "CommunityList", "OwnerList", "RoomList", "UnitList"]
