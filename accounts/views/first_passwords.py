"""批量重置密码: first passwords for the ticked users, shown once and kept nowhere."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services.passwords import reset_passwords
from heating.kit.errors import Refusal
from heating.kit.pages import Page, StaffRequest
from heating.kit.pages.list import SIZES


class UserResetMany(Page):
    """Asks first; the second press gives the passwords, on an answer that no browser keeps (no-store)."""

    title, permission, model = "批量重置密码", "accounts.reset_password", User
    template = "accounts/first_passwords.html"
    crumbs = (("系统设置", ""), ("用户管理", "accounts:user-list"))

    def get(self, request: StaffRequest) -> HttpResponse:
        raise Refusal("请先在用户列表中勾选用户")

    def post(self, request: StaffRequest) -> HttpResponse:
        ticked = {int(text) for text in request.POST.getlist("ids") if re.fullmatch(r"[0-9]{1,18}", text)}
        mine = User.objects.visible_to(request.user, self.permission).select_related("office")
        users = list(mine.filter(pk__in=ticked))
        if not users or len(users) > SIZES[-1]:
            raise Refusal(f"请勾选 1 到 {SIZES[-1]} 个用户")
        if "confirm" not in request.POST:
            return self.show(users=users, given=[])
        given = reset_passwords([user.pk for user in users], actor=request.user, now=timezone.now())
        return self.show(users=[], given=given)

    def back_url(self) -> str:
        return reverse("accounts:user-list")
