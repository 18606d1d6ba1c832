"""Places, rooms, owners and their changes in the back office: to look at.

Their services want what a plain form does not give (a ChangeRequest, an office to inherit), so the pages change them.
"""

from __future__ import annotations

from django.contrib import admin

from heating.kit.backoffice import BackOfficeAdmin
from property.models import Attachment, Building, ChangeRequest, Community, Owner, Room, Unit

DOCUMENT = ("id_cipher", "id_hash", "id_tail")


@admin.register(Community)
class CommunityAdmin(BackOfficeAdmin):
    see = "property.view_community"
    list_display = ("name", "office", "address", "heat_station", "manager", "active")
    search_fields = ("name", "code", "address")
    list_filter = ("active", "office")
    secret = ("sort_key",)


@admin.register(Building)
class BuildingAdmin(BackOfficeAdmin):
    see = "property.view_building"
    list_display = ("name", "community", "floors", "built_year", "system", "active")
    search_fields = ("name", "community__name")
    list_filter = ("system", "active")
    secret = ("sort_key",)


@admin.register(Unit)
class UnitAdmin(BackOfficeAdmin):
    see = "property.view_unit"
    list_display = ("name", "building", "community", "active")
    list_select_related = ("building__community",)
    search_fields = ("name", "building__community__name")
    list_filter = ("active",)
    secret = ("sort_key",)

    @admin.display(description="小区")
    def community(self, unit: Unit) -> str:
        return unit.building.community.name


@admin.register(Room)
class RoomAdmin(BackOfficeAdmin):
    see = "property.view_room"
    list_display = ("account_no", "address", "owner", "floor_area", "inner_area", "heat_state", "office")
    search_fields = ("account_no__startswith", "meter_no__exact")
    list_filter = ("heat_state",)
    secret = ("sort_key",)


@admin.register(Owner)
class OwnerAdmin(BackOfficeAdmin):
    see = "property.view_owner"
    list_display = ("number", "name", "phone", "kind", "relief", "office", "active")
    search_fields = ("name__holds", "number__exact", "phone__exact")
    list_filter = ("kind", "active")
    masked, scrubbed, secret = ("phone", "phone2"), ("note",), DOCUMENT


@admin.register(ChangeRequest)
class ChangeRequestAdmin(BackOfficeAdmin):
    see = "property.view_changerequest"
    list_display = ("number", "kind", "state", "owner", "room", "office", "submitted_by", "submitted_at", "decided_by")
    search_fields = ("number__exact",)
    list_filter = ("kind", "state")
    scrubbed = ("before", "after", "options", "reason", "effect", "decision_note")
    secret = ("seen_hash",)


@admin.register(Attachment)
class AttachmentAdmin(BackOfficeAdmin):
    see = "property.view_changerequest"
    list_display = ("id", "request", "name", "kind", "size", "added_by", "added_at")
    search_fields = ("request__number__exact",)
    secret = ("file",)


class HistoryAdmin(BackOfficeAdmin):
    """Old rows, as the triggers kept them."""

    list_filter = ("pgh_label",)
    ordering = ("-pgh_id",)


@admin.register(Owner.history.rel.related_model)
class OwnerHistoryAdmin(HistoryAdmin):
    see = "property.view_owner"
    list_display = ("pgh_created_at", "pgh_label", "number", "name", "phone", "kind", "relief", "office")
    search_fields = ("number__exact",)
    masked, scrubbed, secret = ("phone", "phone2"), ("note", "pgh_context"), DOCUMENT


@admin.register(Room.history.rel.related_model)
class RoomHistoryAdmin(HistoryAdmin):
    see = "property.view_room"
    list_display = ("pgh_created_at", "pgh_label", "account_no", "address", "floor_area", "heat_state", "office")
    search_fields = ("account_no__exact",)
    scrubbed = ("pgh_context",)
