"""操作日志 in the back office: to read."""

from typing import Any

from django.contrib import admin

from heating.audit.models import Record
from heating.kit.backoffice import BackOfficeAdmin


@admin.register(Record)
class RecordAdmin(BackOfficeAdmin):
    see = "audit.view_record"
    list_display = ("at", "actor_name", "event", "target_text", "note", "address")
    search_fields = ("actor_name", "event", "target_text")
    list_filter = ("at",)
    scrubbed = ("target_text", "before", "after", "note")

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Also the rows of one thing, to which the back office's 历史 leads."""
        thing = ("target_type__exact", "target_id__exact")
        return lookup in thing or super().lookup_allowed(lookup, value, request)
