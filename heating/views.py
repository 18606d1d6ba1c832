"""系统状态: what runs, how full the disk is, when the last backup and the last check were."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from heating import status
from heating.kit.pages import Page


class SystemStatus(Page):
    """系统状态, for who runs the machine: it shows no person and no money."""

    permission, title, template = "heating.view_system_status", "系统状态", "heating/status.html"
    crumbs = (("系统设置", ""),)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(sections=status.facts(timezone.now()))
