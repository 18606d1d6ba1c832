"""Who may enter the back office under /admin/: said at the machine, never on a page."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.users import let_into_back_office
from heating.kit.errors import Refusal


class Command(BaseCommand):
    help = "Let a user into the back office under /admin/, or shut it again; roles decide what is seen there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--on", action="store_true", help="let the user in")
        choice.add_argument("--off", action="store_true", help="shut it")

    def handle(self, *, username: str, on: bool, **options: Any) -> None:
        try:
            user = let_into_back_office(username, on=on)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"{user} {'可以' if on else '不能'}进入后台 /admin/")
