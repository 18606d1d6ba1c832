"""A sole administrator is locked out by wrong passwords: the way in stands at the server."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services.passwords import unlock_user


class Command(BaseCommand):
    help = "解锁因输错密码而锁定的登录名；记入操作日志"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="登录名")

    def handle(self, *, username: str, **options: Any) -> None:
        user = User.objects.by_login(username)
        if user is None:
            raise CommandError(f"没有用户 {username}")
        unlock_user(user.pk, actor=None)
        self.stdout.write(f"已解锁 {user.username}")
