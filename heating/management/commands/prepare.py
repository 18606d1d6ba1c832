"""Bring the database up to date before serving: migrations, and in demo mode the demo company."""

from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Apply migrations; in demo mode also fill in the demo company (both do nothing the second time)."

    def handle(self, **options: Any) -> None:
        self.check(databases=["default"])
        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEMO and "demo" in get_commands():
            call_command("demo", stdout=self.stdout, stderr=self.stderr)
