"""What waits for a person: one line per kind of thing, in the scope of the event that would settle it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import User
from heating.approvals.queries import WAITING
from heating.audit.models import Record
from payments.models import Payment
from payments.states import OPEN
from reports.models import BooksCheck

HOUR = timedelta(hours=1)


# Where undecided things are decided, by the code under which they are announced.
PAGES = {"contracts": "billing:contract-approve-list", "changes": "property:change-list"}


@dataclass(frozen=True)
class Line:
    """One kind of work: its words, the permission that settles it, the rows that wait, the page that lists them."""

    label: str
    permission: str
    rows: Callable[[User], Any]
    url: str
    query: str = ""


LINES = (
    Line("账务检查发现不符", "reports.check_books", lambda user: BooksCheck.objects.alarms(), "reports:books"),
    Line(
        "支付结果待确认",
        "payments.take_payment",
        lambda user: Payment.objects.visible_to(user, "payments.take_payment").filter(state__in=OPEN),
        "payments:payment-list",
    ),
    Line(
        "一小时内查看敏感信息超过 100 次的人员",
        "audit.view_record",
        lambda user: Record.objects.visible_to(user, "audit.view_record").curious(since=timezone.now() - HOUR),
        "reports:log-list",
        "event=owner.reveal",
    ),
    Line(
        "已锁定的账号",
        "accounts.unlock_user",
        lambda user: User.objects.visible_to(user, "accounts.unlock_user").filter(
            guard__locked_until__gt=timezone.now()
        ),
        "accounts:user-list",
        "active=locked",
    ),
    Line(
        "未分配角色的用户",
        "accounts.change_user",
        lambda user: User.objects.visible_to(user, "accounts.change_user").filter(is_active=True, groups=None),
        "accounts:user-list",
        "active=norole",
    ),
    Line(
        "未设密码的用户",
        "accounts.reset_password",
        lambda user: User.objects.visible_to(user, "accounts.reset_password").filter(
            is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX
        ),
        "accounts:user-list",
        "active=new",
    ),
)


@dataclass(frozen=True)
class Todo:
    """One line of the to-do list."""

    label: str
    count: int
    url: str


def todos(user: User) -> list[Todo]:
    """Return what waits for `user`; nobody is sent to do what has no page yet."""
    decisions = [
        Line(kind.label, kind.permission, kind.rows, page)
        for code, page in PAGES.items()
        if (kind := WAITING.get(code))
    ]
    return [
        Todo(line.label, line.rows(user).count(), f"{address}?{line.query}" if line.query else address)
        for line in (*decisions, *LINES)
        if user.has_perm(line.permission) and (address := address_of(line.url))
    ]


def address_of(name: str) -> str:
    """Return the address of a page, or nothing while there is none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
