"""Places and people: 小区 → 楼幢 → 单元 → 户室, 业主, and changes under approval."""

from property.models import lookups
from property.models.changes import Attachment, ChangeRequest
from property.models.owners import Owner
from property.models.places import Building, Community, Unit
from property.models.rooms import Room

__all__ = ["Attachment", "Building", "ChangeRequest", "Community", "Owner", "Room", "Unit", "lookups"]
