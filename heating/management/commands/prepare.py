"""Bring the database up to date before serving: migrations, and in demo mode the demo company."""

from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from heating.preflight import failures
from heating.services import note_key
from heating.static_files import collect_static_files


class Command(BaseCommand):
    help = "Apply migrations; in demo mode also fill in the demo company (both do nothing the second time)."

    def handle(self, **options: Any) -> None:
        refuse_wrong_database()
        refuse_unknown_database()
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        note_key()
        collect_static_files()
        if settings.DEMO and "demo" in get_commands():
            call_command("demo", stdout=self.stdout, stderr=self.stderr)


def refuse_wrong_database() -> None:
    """Raise `CommandError` when the server or its data must not be used in this mode or with these keys."""
    if found := failures():
        raise CommandError("\n".join(found))


def refuse_unknown_database() -> None:
    """Raise `CommandError` when the database holds migrations that this version does not have.

    It was made by a version before 1.0, whose migrations were joined, or by a later version than this one.
    """
    loader = MigrationLoader(connection)
    # What other packages applied and dropped since is their own affair.
    unknown = sorted(
        f"{app}.{name}"
        for app, name in set(loader.applied_migrations) - set(loader.disk_migrations)
        if app in loader.migrated_apps
    )
    if unknown:
        raise CommandError(
            "数据库不是由本版本或可升级的旧版本建立的，无法使用（未知的迁移："
            f"{'、'.join(unknown[:5])}）。请换一个空数据库，或改用建立它的版本。数据库未作任何修改。"
        )
