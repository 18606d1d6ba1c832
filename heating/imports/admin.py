"""导入批次 in the back office: to look at; imports are started and taken back on the pages."""

from django.contrib import admin

from heating.imports.models import Batch
from heating.kit.backoffice import BackOfficeAdmin


@admin.register(Batch)
class BatchAdmin(BackOfficeAdmin):
    see = "jobs.view_job"
    list_display = ("id", "file_name", "kind", "state", "created_by", "created_at", "committed_at", "undone_at")
    search_fields = ("file_name", "file_hash__exact")
    list_filter = ("state",)
    scrubbed = ("options", "counts")
