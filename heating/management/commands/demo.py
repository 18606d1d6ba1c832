"""The demo company."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from heating.demo import DEMO_ACCOUNTS, build_demo
from heating.demo.accounts import PASSWORD
from heating.kit.errors import Refusal


class Command(BaseCommand):
    help = "Fill in the demo company (once, in demo mode only) and print its accounts."

    def handle(self, **options: Any) -> None:
        try:
            build_demo()
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"演示账号（密码都是 {PASSWORD}）：")
        for account in DEMO_ACCOUNTS:
            self.stdout.write(f"  {account.username:10} {account.word}")
