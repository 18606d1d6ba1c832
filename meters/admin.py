"""抄表记录 in the back office: to look at; what has been billed by a reading must not change under it."""

from django.contrib import admin

from heating.kit.backoffice import BackOfficeAdmin
from meters.models import Reading


@admin.register(Reading)
class ReadingAdmin(BackOfficeAdmin):
    see = "meters.view_reading"
    list_display = ("meter_no", "room", "on", "start", "end", "unit", "confirmed", "reader")
    search_fields = ("meter_no__exact", "room__account_no__exact")
    list_filter = ("confirmed", "unit")
