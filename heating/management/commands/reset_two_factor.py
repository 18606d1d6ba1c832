"""The last administrator has lost phone and recovery codes: let them sign in by password alone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services.two_factor import release_user
from heating.kit.errors import Refusal


class Command(BaseCommand):
    help = "Take the second factor off a user (解除动态口令); noted in the audit trail as done by the system."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        user = User.objects.by_login(username)
        if user is None:
            raise CommandError(f"没有用户 {username}")
        try:
            release_user(user.pk, actor=None)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"已解除 {user.username} 的动态口令登录")
