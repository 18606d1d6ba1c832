"""操作日志 and 登录日志."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from heating.audit.models import Record
from heating.kit.filters import DayFilter, ExactFilter, TextFilter, WordFilter
from heating.kit.pages import ListPage
from heating.kit.tables import BadgeColumn, Column, Table
from org.fields import OfficeFilter
from org.models import Office
from reports.logs.readable import changes, note
from reports.logs.words import EVENTS, RESULTS, event_label

CRUMBS = (("系统设置", ""),)
SYSTEM = "系统"
RESULT_COLOURS = {"login.ok": "green", "login.wrong": "orange", "login.lock": "red", "login.refused": "red"}


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def people(word: str) -> list[int]:
    """Return the ids of those whose name or login name has the word: far fewer than the rows of the log."""
    found = User.objects.filter(Q(name__icontains=word) | Q(username__icontains=word)).order_by()
    return list(found.values_list("pk", flat=True))


class TimeFilter(django_filters.FilterSet):
    """时间 from – to and 来源地址, of both logs."""

    since = DayFilter(label="时间从", method="by_since")
    until = DayFilter(label="时间到", method="by_until")
    address = ExactFilter("address", label="来源地址")

    def by_since(self, queryset: Any, name: str, value: date) -> Any:
        return queryset.filter(at__gte=midnight(value))

    def by_until(self, queryset: Any, name: str, value: date) -> Any:
        return queryset.filter(at__lt=midnight(value + timedelta(days=1)))


class LogFilter(TimeFilter):
    """操作人, 操作, 对象, 时间, 机构, 来源地址."""

    primary = ("actor", "event", "target", "since", "until", "office")

    actor = TextFilter(label="操作人", method="by_actor")
    event = WordFilter("event", label="操作", choices=tuple(EVENTS.items()))
    target = TextFilter(label="对象（开头几个字）", method="by_target")
    office = OfficeFilter(field_names=("office_id",), permission="audit.view_record")

    def by_target(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(Q(target_text__startswith=value) | Q(target_text__startswith=value.upper()))

    def by_actor(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(actor=None) if value == SYSTEM else queryset.filter(actor__in=people(value))


class SecondColumn(Column):
    """A moment to the second."""

    def text(self, value: Any, user: Any) -> str:
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"


def _side(name: str) -> Any:
    """Return the reader of one side; what was not there before, or is gone, has no words on that side."""

    def read(row: Record) -> str:
        if getattr(row, name) is None:
            return ""
        return "；".join(f"{c.label}：{getattr(c, name) or '—'}" for c in changes(row))

    return read


class LogTable(Table):
    at = SecondColumn("时间", width=20)
    actor = Column("操作人", "actor_name", sort=False)
    event = Column("操作", lambda r: event_label(r.event), link="reports:log-detail", width=18, key=True)
    target = Column("对象", "target_text", sort=False, width=30)
    before = Column("操作前", _side("before"), width=36)
    after = Column("操作后", _side("after"), width=36)
    note = Column("说明", note, width=30)
    office = Column("机构", "office_name", sort=False)
    address = Column("来源地址", sort=False)


def log_rows() -> Any:
    """Return the rows of both logs with the name of their office."""
    name = Office.objects.filter(pk=OuterRef("office_id")).order_by().values("name")
    return Record.objects.annotate(office_name=Subquery(name))


class LogList(ListPage):
    """操作日志: every deed but the sign-ins. It cannot be changed by anybody (database trigger)."""

    title, permission, crumbs, model = "操作日志", "audit.view_record", CRUMBS, Record
    filterset, table = LogFilter, LogTable
    default_order = ("-at", "-id")
    empty = "没有符合条件的操作记录"

    @property
    def queryset(self) -> Any:
        return log_rows().exclude(event__in=RESULTS)


class LoginFilter(TimeFilter):
    """登录名, 结果, 时间, 来源地址."""

    name = TextFilter(label="登录名", method="by_name")
    result = WordFilter("event", label="结果", choices=tuple(RESULTS.items()))

    def by_name(self, queryset: Any, name: str, value: str) -> Any:
        known = Q(target_type="accounts.user", target_id__in=people(value))
        return queryset.filter(known | Q(target_type="", note__istartswith=value[:2]))


def login_name(record: Record) -> str:
    """Return the login name: as the sign-in noted it (shortened when nobody has it), else from the user's text."""
    return record.note or record.target_text.rpartition("(")[2].removesuffix(")")


class ResultColumn(BadgeColumn):
    """结果 of a sign-in."""

    def text(self, value: Any, user: Any) -> str:
        return RESULTS[value]


class LoginTable(Table):
    at = SecondColumn("时间", width=20)
    username = Column("登录名", login_name)
    name = Column("姓名", lambda r: r.target_text.rpartition("(")[0])
    office = Column("机构", "office_name", sort=False)
    result = ResultColumn("结果", "event", colours=RESULT_COLOURS, sort=False)
    address = Column("来源地址", sort=False, width=20)


class LoginList(ListPage):
    """登录日志: who came in or was kept out, from where."""

    title, permission, crumbs, model = "登录日志", "accounts.view_loginlog", CRUMBS, Record
    filterset, table = LoginFilter, LoginTable
    default_order = ("-at", "-id")
    empty = "没有符合条件的登录记录"

    @property
    def queryset(self) -> Any:
        return log_rows().filter(event__in=RESULTS)
