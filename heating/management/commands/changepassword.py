"""A new password at the server, by the rules of the company, audited; in place of Django's own command."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.services.passwords import set_password_at_server
from heating.kit.errors import Refusal


class Command(BaseCommand):
    help = "在服务器上设置用户的密码，同时解锁并结束其所有登录；记入操作日志"
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="登录名")

    def handle(self, *, username: str, **options: Any) -> None:
        user = User.objects.by_login(username)
        if user is None:
            raise CommandError(f"没有用户 {username}")
        password = getpass.getpass("新密码: ")
        if password != getpass.getpass("再输入一次: "):
            raise CommandError("两次输入不同")
        try:
            set_password_at_server(user.pk, password, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"已设置 {user.username} 的密码")
