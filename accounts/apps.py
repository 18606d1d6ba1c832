from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils import timezone

from accounts.rules import BEGAN, SEEN


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = "用户与角色"

    def ready(self) -> None:
        user_logged_in.connect(start_clock, dispatch_uid="accounts.start_clock")


def start_clock(sender: Any, request: HttpRequest, **_: Any) -> None:
    """Start the two clocks of a session, however it was opened: its age and its rest."""
    request.session[BEGAN] = request.session[SEEN] = timezone.now().timestamp()
