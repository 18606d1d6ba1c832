"""户室列表: rooms with what they are signed to and what they owe."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.models import Contract, Order
from billing.states import ContractState
from heating.kit.filters import TextFilter, WordFilter
from heating.kit.money import ZERO, money_field
from heating.kit.pages import ListPage
from heating.kit.scope import among
from heating.kit.tables import AreaColumn, Column, MaskedColumn, MoneyColumn, RowAction, Table
from property.models import Community, Owner, Room
from property.states import HeatState

FEW = 3_000  # owners of a name that are looked up one by one
SIGNED = (("yes", "已签约"), ("no", "未签约"))


class RoomFilter(django_filters.FilterSet):
    """小区, 楼幢, 单元, 户室号, 缴费账号, 业主姓名, 电话, 供热状态, 签约状态."""

    primary = ("community", "building", "unit", "number", "account", "owner")
    community = TextFilter(label="小区", method="by_community")
    building = TextFilter("building__name", label="楼幢")
    unit = TextFilter("unit__name", label="单元")
    number = TextFilter("number", label="户室号")
    account = TextFilter("account_no", label="缴费账号", lookup_expr="startswith")
    owner = TextFilter(label="业主姓名", method="by_owner")
    phone = TextFilter("owner__phone", label="电话", lookup_expr="tail")
    heat_state = WordFilter("heat_state", label="供热状态", choices=HeatState.choices)
    signed = WordFilter(label="签约状态", choices=SIGNED, method="by_signed")

    def by_community(self, queryset: Any, name: str, value: str) -> Any:
        """Find the communities first: rooms are sorted by them, so the page is read from where the first one begins."""
        named = list(Community.objects.filter(name__icontains=value).order_by("sort_key").values_list("pk", "sort_key"))
        if not named:
            return queryset.none()
        return queryset.filter(community__in=[pk for pk, _ in named], sort_key__gte=named[0][1])

    def by_owner(self, queryset: Any, name: str, value: str) -> Any:
        """Find the owners first when they are few; of many, the page soon fills while rooms are read in order."""
        found = list(Owner.objects.filter(name__holds=value).order_by().values_list("pk", flat=True)[: FEW + 1])
        return (
            queryset.filter(owner__in=among(found)) if len(found) <= FEW else queryset.filter(owner__name__holds=value)
        )

    def by_signed(self, queryset: Any, name: str, value: str) -> Any:
        live = Exists(live_contracts())
        return queryset.filter(live) if value == "yes" else queryset.exclude(live)


def live_contracts() -> Any:
    """Return the approved contracts of the outer room in its company's current season."""
    return Contract.objects.filter(room=OuterRef("pk"), state=ContractState.APPROVED, season__current=True)


def room_rows() -> Any:
    """Return rooms with product, over-height area and what they owe, by sub-queries of the shown rows only."""
    owed = Order.objects.open().filter(room=OuterRef("pk")).order_by().values("room")
    billed = Order.objects.alive().filter(room=OuterRef("pk"), season__current=True, over_area__gt=0)
    return Room.objects.select_related("owner", "community", "building", "unit").annotate(
        product=Subquery(live_contracts().values("product__code")[:1]),
        over_area=Subquery(billed.values("over_area")[:1]),
        due=Coalesce(
            Subquery(owed.annotate(n=Sum("due")).values("n"), output_field=money_field()),
            ZERO,
            output_field=money_field(),
        ),
    )


class RoomTable(Table):
    """The columns of 户室管理."""

    account_no = Column("缴费账号", link="property:room-detail")
    community = Column("小区", "community.name", sort="sort_key", key=True)
    building = Column("楼幢", "building.name", sort=False)
    unit = Column("单元", "unit.name", sort=False)
    number = Column("户室号", sort=False, key=True)
    inner_area = AreaColumn("户室面积")
    floor_area = AreaColumn("建筑面积", total=True)
    over_area = AreaColumn("超高面积", sort=False, folded=True)
    owner = Column("业主姓名", "owner.name", key=True)
    phone = MaskedColumn("电话", "owner.phone", sort=False)
    heat_state = Column("供热状态")
    product = Column("签约产品", sort=False)
    due = MoneyColumn("欠费", sort=False, key=True)
    actions = (
        RowAction("查看", "property:room-detail", "property.view_room"),
        RowAction("面积变更", "property:room-area", "property.request_room_change"),
        RowAction("变更记录", "property:room-history", "property.view_room"),
        RowAction("过户", "property:room-transfer", "property.request_room_change"),
        RowAction("缴费账号变更", "property:room-account", "property.request_room_change"),
        RowAction("供热状态等变更", "property:room-state", "property.request_room_change"),
    )


class RoomList(ListPage):
    """户室列表."""

    title, permission = "户室列表", "property.view_room"
    crumbs = (("基础信息管理", ""), ("小区基础信息", ""))
    model = Room
    filterset, table = RoomFilter, RoomTable
    create = ("添加", "property:room-add", "property.add_room")
    tools = (("导入", "property:room-import", "property.import_room"),)
    empty = "没有符合条件的户室"

    @property
    def queryset(self) -> Any:
        return room_rows()
