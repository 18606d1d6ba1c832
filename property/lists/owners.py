"""业主管理: owners with their rooms and what they owe."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.models import Order
from heating.approvals.states import ApprovalState
from heating.kit.encryption import fingerprints
from heating.kit.filters import TextFilter, WordFilter
from heating.kit.money import ZERO, money_field
from heating.kit.pages import ListPage
from heating.kit.parsing import document
from heating.kit.tables import Column, MaskedColumn, MoneyColumn, NumberColumn, RowAction, Table
from org.models import DictEntry
from property.fields import reliefs
from property.lists.places import ACTIVE, by_active, in_use
from property.models import ChangeRequest, Owner, Room
from property.queries import counted
from property.queries.search import TAIL
from property.states import OwnerKind, Relief

RELIEF = dict(Relief.choices)


class OwnerFilter(django_filters.FilterSet):
    """姓名, 电话, 用户类型, 优抚类型, 小区, 状态."""

    name = TextFilter("name", label="用户姓名", lookup_expr="holds")
    phone = TextFilter(label="联系电话", method="by_phone")
    kind = WordFilter("kind", label="用户类型", choices=OwnerKind.choices)
    relief = WordFilter("relief", label="优抚类型", choices=reliefs)
    community = TextFilter(label="小区", method="by_community")
    active = WordFilter(label="状态", choices=ACTIVE, method=by_active)
    id_no = TextFilter(label="证件号码", method="by_document")
    primary = ("name", "phone", "kind", "relief", "community", "active")

    def by_phone(self, queryset: Any, name: str, value: str) -> Any:
        """Match the beginning of the number, or its end from four digits on."""
        wanted = Q(phone__startswith=value) | Q(phone__tail=value) if len(value) >= TAIL else Q(phone__startswith=value)
        return queryset.filter(wanted)

    def by_document(self, queryset: Any, name: str, value: str) -> Any:
        """Match the whole number, by its keyed hash."""
        found = document(value)
        return queryset.filter(id_hash__in=fingerprints(found)) if isinstance(found, str) else queryset.none()

    def by_community(self, queryset: Any, name: str, value: str) -> Any:
        rooms = Room.objects.filter(community__name__icontains=value).values("owner_id")
        return queryset.filter(pk__in=rooms) if value else queryset


def owner_rows() -> Any:
    """Return owners with their rooms, what they owe and whether a change waits, by sub-queries of the shown rows."""
    owed = Order.objects.open().filter(owner=OuterRef("pk")).order_by().values("owner")
    return Owner.objects.annotate(
        room_count=counted(Room, "owner"),
        due=Coalesce(
            Subquery(owed.annotate(n=Sum("due")).values("n"), output_field=money_field()),
            ZERO,
            output_field=money_field(),
        ),
        relief_label=Subquery(
            DictEntry.objects.filter(dictionary="relief", code=OuterRef("relief")).values("label")[:1]
        ),
        pending=Exists(ChangeRequest.objects.filter(owner=OuterRef("pk"), state=ApprovalState.PENDING)),
    )


class OwnerTable(Table):
    """The columns of 业主信息."""

    number = Column("业主编号", link="property:owner-detail")
    name = Column("用户姓名", key=True)
    phone = MaskedColumn("联系电话", width=16)
    kind = Column("用户类型", width=10)
    relief = Column("优抚类型", lambda o: RELIEF.get(o.relief) or o.relief_label or o.relief, sort="relief", width=10)
    rooms = NumberColumn("户室数", "room_count")
    due = MoneyColumn("欠费", sort=False, key=True)
    pending = Column("审批状态", lambda o: "待审批" if o.pending else "", sort=False, key=True)
    active = Column("状态", in_use, sort="active")
    actions = (
        RowAction("查看", "property:owner-detail", "property.view_owner"),
        RowAction("编辑", "property:owner-change", "property.request_owner_change"),
        RowAction("变更记录", "property:owner-history", "property.view_owner"),
        RowAction("停用", "property:owner-active", "property.delete_owner", when=lambda o: o.active),
        RowAction("启用", "property:owner-active", "property.delete_owner", when=lambda o: not o.active),
        RowAction("删除", "property:owner-delete", "property.delete_owner"),
    )


class OwnerList(ListPage):
    """业主管理."""

    title, permission = "业主管理", "property.view_owner"
    crumbs = (("基础信息管理", ""),)
    model = Owner
    filterset, table = OwnerFilter, OwnerTable
    create = ("新增", "property:owner-add", "property.add_owner")
    tools = (
        ("导入", "property:owner-import", "property.import_owner"),
        ("模板下载", "property:owner-template", "property.import_owner"),
    )
    empty = "没有符合条件的业主"

    @property
    def queryset(self) -> Any:
        return owner_rows()
