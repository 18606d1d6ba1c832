"""After FIELD_KEY got a new first key: encrypt with it what the old ones encrypted."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.services.two_factor import rotate_phone_keys
from heating.audit.services import record
from heating.preflight import failures
from heating.services import renew_key_check
from property.services.rotation import rotate_documents


class Command(BaseCommand):
    help = "用 FIELD_KEY 的第一个密钥重新加密证件号码和动态口令密钥；可随时重做"

    def handle(self, **options: Any) -> None:
        if found := failures():
            raise CommandError("\n".join(found))
        if len(settings.FIELD_KEYS) < 2:
            raise CommandError("FIELD_KEY 只有一个密钥：请先写成“新密钥,旧密钥”，并重启网站和 worker")
        done = rotate_documents() | {"phones": rotate_phone_keys()}
        renew_key_check()
        record(None, "system.rotate_key", after=done)
        self.stdout.write(f"已重新加密：业主 {done['owners']}，变更申请 {done['requests']}，动态口令 {done['phones']}")
        self.stdout.write("旧密钥请留在 FIELD_KEY 末尾：动态口令恢复码和以前的封签仍用它核对")
