"""The first step on an empty system: a company, its standard roles and its administrator."""

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.services.standard import found
from heating.kit.errors import Refusal

LOGIN = re.compile(r"[A-Za-z0-9_.@-]{2,40}")


class Command(BaseCommand):
    help = "Make the first company, the standard roles and a system administrator with a first password, shown once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("company", help="公司名称")
        parser.add_argument("--admin", default="admin", help="登录名")

    def handle(self, *, company: str, admin: str, **options: Any) -> None:
        name = company.strip()
        if not name or len(name) > 60 or not name.isprintable() or not LOGIN.fullmatch(admin):
            raise CommandError("公司名称为 1–60 个字；登录名为 2–40 位字母、数字或 _ . @ -")
        try:
            user, password = found(name, admin, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(
            f"公司：{name}\n登录名：{user.username}\n初始密码：{password}（只显示这一次，首次登录须修改）"
        )
