"""后台任务 in the back office: to look at; jobs are started and cancelled on the pages."""

from typing import Any

from django.contrib import admin

from heating.jobs.models import Job
from heating.kit.backoffice import BackOfficeAdmin


@admin.register(Job)
class JobAdmin(BackOfficeAdmin):
    """One's own jobs, and those of others for holders of jobs.view_all_job, as on the page."""

    see = "jobs.view_job"
    list_display = ("id", "title", "kind", "state", "created_by", "created_at", "finished_at", "error")
    search_fields = ("title", "kind")
    list_filter = ("state",)
    scrubbed = ("args", "step", "result", "error", "traceback")

    def rows(self, user: Any, permission: str = "") -> Any:
        return Job.objects.for_person(user)
