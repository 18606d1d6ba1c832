"""业主变更审批 and 户室变更审批."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms

from billing.services.change_fields import label_of, readable, spoken
from billing.services.changes import APPROVE
from heating.kit.filters import DayFilter, ExactFilter, TextFilter, WordFilter
from heating.kit.pages import ListPage
from heating.kit.privacy import SENSITIVE
from heating.kit.tables import BadgeColumn, Column, DateColumn, RowAction, Table
from property.models import ChangeRequest
from property.states import CHANGE_COLOURS, ChangeKind, ChangeState


class BatchFilter(django_filters.Filter):
    """The requests that one import made."""

    field_class = forms.IntegerField


class ChangeFilter(django_filters.FilterSet):
    """状态, 类型, 申请人, 日期; 单号 and 导入批次 besides."""

    state = WordFilter("state", label="状态", choices=ChangeState.choices)
    kind = WordFilter("kind", label="类型", choices=ChangeKind.choices)
    person = TextFilter("submitted_by__name", label="申请人")
    since = DayFilter("submitted_at", lookup_expr="date__gte", label="日期从")
    until = DayFilter("submitted_at", lookup_expr="date__lte", label="日期到")
    number = ExactFilter("number", label="单号")
    batch = BatchFilter("batch_id", label="导入批次", min_value=1, max_value=2**31)
    primary = ("state", "kind", "person", "since", "until")


class OwnerChangeFilter(ChangeFilter):
    """Each list offers the kinds that it holds."""

    kind = WordFilter("kind", label="类型", choices=[(ChangeKind.OWNER, ChangeKind.OWNER.label)])


class RoomChangeFilter(ChangeFilter):
    kind = WordFilter("kind", label="类型", choices=[pair for pair in ChangeKind.choices if pair[0] != "owner"])


def told(values: dict[str, Any], *, sensitive: bool = False) -> str:
    """Return old or new values on one line, phones masked unless `sensitive`."""
    shown = readable(values, sensitive=sensitive)
    return "；".join(f"{label_of(name)} {spoken(name, value)}" for name, value in shown.items())


class ValuesColumn(Column):
    """Old or new values, as the reader may see them."""

    def text(self, value: Any, user: Any) -> str:
        return told(value, sensitive=user.has_perm(SENSITIVE))


class ChangeTable(Table):
    number = Column("单号", link="billing:change-detail", width=20)
    kind = Column("类型")
    target = Column("对象", lambda c: str(c.room or c.owner), sort=False, width=30)
    before = ValuesColumn("变更前", sort=False, width=28)
    after = ValuesColumn("变更后", sort=False, width=28)
    person = Column("申请人", "submitted_by.name")
    at = DateColumn("时间", "submitted_at")
    state = BadgeColumn("状态", colours=CHANGE_COLOURS)
    actions = (RowAction("查看", "billing:change-detail", "property.view_changerequest"),)


class OwnerChangeList(ListPage):
    """业主变更审批."""

    title, permission, model = "业主变更审批", "property.view_changerequest", ChangeRequest
    crumbs = (("基础信息管理", ""),)
    queryset = ChangeRequest.objects.select_related("owner", "room", "submitted_by").filter(kind=ChangeKind.OWNER)
    filterset, table = OwnerChangeFilter, ChangeTable
    bulk = (("批量审批", "billing:change-bulk", APPROVE),)
    empty = "没有变更申请"


class RoomChangeList(OwnerChangeList):
    """户室变更审批."""

    title, filterset = "户室变更审批", RoomChangeFilter
    queryset = ChangeRequest.objects.select_related("owner", "room", "submitted_by").exclude(kind=ChangeKind.OWNER)
    tools = (("按导入批次审批", "billing:change-bulk", APPROVE),)
