"""业主变更审批 and 户室变更审批."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms

from heating.approvals.states import APPROVAL_COLOURS, ApprovalState
from heating.kit.filters import DayFilter, ExactFilter, TextFilter, WordFilter
from heating.kit.pages import ListPage
from heating.kit.privacy import SENSITIVE
from heating.kit.tables import BadgeColumn, Column, DateColumn, RowAction, Table
from property.models import ChangeRequest, Owner, Room
from property.services.changes import change_kinds, change_of


class BatchFilter(django_filters.Filter):
    """The requests that one import made."""

    field_class = forms.IntegerField


class ChangeFilter(django_filters.FilterSet):
    """状态, 类型, 申请人, 日期; 单号 and 导入批次 besides."""

    state = WordFilter("state", label="状态", choices=ApprovalState.choices)
    kind = WordFilter("kind", label="类型", choices=[])
    person = TextFilter("submitted_by__name", label="申请人")
    since = DayFilter("submitted_at", lookup_expr="date__gte", label="日期从")
    until = DayFilter("submitted_at", lookup_expr="date__lte", label="日期到")
    number = ExactFilter("number", label="单号")
    batch = BatchFilter("batch_id", label="导入批次", min_value=1, max_value=2**31)
    primary = ("state", "kind", "person", "since", "until")


def kinds_of(target: type) -> list[tuple[str, str]]:
    """Return the kinds of changes of owners, or of rooms, with their words."""
    return [(kind.code, kind.label) for kind in change_kinds() if kind.target is target]


class OwnerChangeFilter(ChangeFilter):
    """Each list offers the kinds that it holds."""

    kind = WordFilter("kind", label="类型", choices=kinds_of(Owner))


class RoomChangeFilter(ChangeFilter):
    kind = WordFilter("kind", label="类型", choices=kinds_of(Room))


class ValuesColumn(Column):
    """Old or new values on one line, as the reader may see them."""

    def __init__(self, label: str, side: str, **options: Any) -> None:
        super().__init__(label, lambda row: (row, getattr(row, side)), sort=False, **options)

    def text(self, value: Any, user: Any) -> str:
        row, values = value
        labels = change_of(row).labels(values, sensitive=user.has_perm(SENSITIVE))
        return "；".join(f"{label} {text}" for label, text in labels.items())


class ChangeTable(Table):
    number = Column("单号", link="property:change-detail", width=20)
    kind = Column("类型")
    target = Column("对象", lambda c: str(c.room or c.owner), sort=False, width=30)
    before = ValuesColumn("变更前", "before", width=28)
    after = ValuesColumn("变更后", "after", width=28)
    person = Column("申请人", "submitted_by.name")
    at = DateColumn("时间", "submitted_at")
    state = BadgeColumn("状态", colours=APPROVAL_COLOURS)
    actions = (RowAction("查看", "property:change-detail", "property.view_changerequest"),)


class OwnerChangeList(ListPage):
    """业主变更审批."""

    title, permission, model = "业主变更审批", "property.view_changerequest", ChangeRequest
    crumbs = (("基础信息管理", ""),)
    queryset = ChangeRequest.objects.select_related("owner", "room", "submitted_by").filter(room__isnull=True)
    filterset, table = OwnerChangeFilter, ChangeTable
    bulk = (("批量审批", "property:change-bulk", ChangeRequest.approve_permission),)
    empty = "没有变更申请"


class RoomChangeList(OwnerChangeList):
    """户室变更审批."""

    title, filterset = "户室变更审批", RoomChangeFilter
    queryset = ChangeRequest.objects.select_related("owner", "room", "submitted_by").filter(room__isnull=False)
    tools = (("按导入批次审批", "property:change-bulk", ChangeRequest.approve_permission),)
