"""业主变更审批 and 户室变更审批."""

from __future__ import annotations

from typing import Any

import django_filters

from billing.services.apply_change import CHANGES, readable, spoken
from heating.kit.filters import DayFilter, TextFilter, WordFilter
from heating.kit.pages import ListPage
from heating.kit.tables import BadgeColumn, Column, RowAction, Table
from property.models import ChangeRequest
from property.states import ChangeKind, ChangeState

COLOURS = {"pending": "orange", "approved": "green", "rejected": "red", "withdrawn": "secondary"}


class ChangeFilter(django_filters.FilterSet):
    """状态, 类型, 申请人, 日期."""

    state = WordFilter("state", label="状态", choices=ChangeState.choices)
    kind = WordFilter("kind", label="类型", choices=ChangeKind.choices)
    person = TextFilter("submitted_by__name", label="申请人")
    since = DayFilter("submitted_at", lookup_expr="date__gte", label="日期从")
    until = DayFilter("submitted_at", lookup_expr="date__lte", label="日期到")


def told(values: dict[str, Any]) -> str:
    """Return old or new values on one line, phones masked."""
    return "；".join(f"{CHANGES[k].label if k in CHANGES else k} {spoken(k, v)}" for k, v in readable(values).items())


class ChangeTable(Table):
    number = Column("单号", link="billing:change-detail", width=20)
    kind = Column("类型")
    target = Column("对象", lambda c: str(c.room or c.owner), sort=False, width=30)
    before = Column("变更前", lambda c: told(c.before), sort=False, width=28)
    after = Column("变更后", lambda c: told(c.after), sort=False, width=28)
    person = Column("申请人", "submitted_by.name")
    at = Column("时间", "submitted_at")
    state = BadgeColumn("状态", colours=COLOURS)
    menu = "审批"
    actions = (RowAction("查看", "billing:change-detail", "property.view_changerequest"),)


class OwnerChangeList(ListPage):
    """业主变更审批."""

    title, permission, model = "业主变更审批", "property.view_changerequest", ChangeRequest
    crumbs = (("基础信息管理", ""),)
    queryset = ChangeRequest.objects.select_related("owner", "room", "submitted_by").filter(kind=ChangeKind.OWNER)
    filterset, table = ChangeFilter, ChangeTable
    empty = "没有变更申请"


class RoomChangeList(OwnerChangeList):
    """户室变更审批."""

    title = "户室变更审批"
    queryset = ChangeRequest.objects.select_related("owner", "room", "submitted_by").exclude(kind=ChangeKind.OWNER)
