"""小区, 楼幢, 单元."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import OuterRef, Subquery, Sum

from heating.kit.filters import TextFilter, WordFilter
from heating.kit.pages import ListPage
from heating.kit.tables import AreaColumn, Column, NumberColumn, RowAction, Table
from org.fields import OfficeFilter
from property.models import Building, Community, Room, Unit
from property.queries import counted

ACTIVE = (("yes", "启用"), ("no", "停用"))


def by_active(queryset: Any, name: str, value: str) -> Any:
    return queryset.filter(active=value == "yes")


def in_use(row: Any) -> str:
    return "启用" if row.active else "停用"


def place_actions(kind: str, *more: RowAction) -> tuple[RowAction, ...]:
    """Return the row menu of one kind of place."""
    change, switch = f"property.change_{kind}", f"property:{kind}-active"
    return (
        RowAction("编辑", f"property:{kind}-edit", change),
        *more,
        RowAction("停用", switch, change, when=lambda row: row.active),
        RowAction("启用", switch, change, when=lambda row: not row.active),
        RowAction("删除", f"property:{kind}-delete", f"property.delete_{kind}"),
    )


class CommunityFilter(django_filters.FilterSet):
    """小区名称, 机构, 状态."""

    name = TextFilter("name", label="小区名称")
    office = OfficeFilter(field_names=("office_id",), permission="property.view_community")
    active = WordFilter(label="状态", choices=ACTIVE, method=by_active)


class CommunityTable(Table):
    name = Column("小区名称", sort="sort_key")
    code = Column("小区编码")
    office = Column("所属机构", "office.name")
    address = Column("地址", sort=False, width=24)
    buildings = NumberColumn("楼幢数", "building_count")
    rooms = NumberColumn("户数", "room_count")
    area = AreaColumn("建筑面积", "area_sum")
    manager = Column("物业", "manager.name", sort=False)
    active = Column("状态", in_use, sort="active")
    actions = place_actions(
        "community", RowAction("迁移到其他机构", "property:community-move", "property.change_community")
    )


class CommunityList(ListPage):
    """小区列表."""

    title, permission = "小区列表", "property.view_community"
    crumbs = (("基础信息管理", ""), ("小区基础信息", ""))
    model = Community
    queryset = Community.objects.select_related("office", "manager").annotate(
        building_count=counted(Building, "community"),
        room_count=counted(Room, "community"),
        area_sum=Subquery(
            Room.objects.filter(community=OuterRef("pk"))
            .order_by()
            .values("community")
            .annotate(n=Sum("floor_area"))
            .values("n")
        ),
    )
    filterset, table = CommunityFilter, CommunityTable
    create = ("添加", "property:community-add", "property.add_community")


class BuildingFilter(django_filters.FilterSet):
    community = TextFilter("community__name", label="小区")
    name = TextFilter("name", label="楼幢名称")
    active = WordFilter(label="状态", choices=ACTIVE, method=by_active)


class BuildingTable(Table):
    community = Column("小区", "community.name", sort="community__sort_key")
    name = Column("楼幢名称", sort="sort_key")
    units = NumberColumn("单元数", "unit_count")
    floors = NumberColumn("层数")
    rooms = NumberColumn("户数", "room_count")
    system = Column("系统形式")
    active = Column("状态", in_use, sort="active")
    actions = place_actions(
        "building", RowAction("迁移到其他小区", "property:building-move", "property.change_building")
    )


class BuildingList(ListPage):
    """楼幢列表."""

    title, permission = "楼幢列表", "property.view_building"
    crumbs = (("基础信息管理", ""), ("小区基础信息", ""))
    model = Building
    queryset = Building.objects.select_related("community").annotate(
        unit_count=counted(Unit, "building"), room_count=counted(Room, "building")
    )
    filterset, table = BuildingFilter, BuildingTable
    create = ("添加", "property:building-add", "property.add_building")
    tools = (("批量建楼", "property:building-fill", "property.add_building"),)


class UnitFilter(django_filters.FilterSet):
    community = TextFilter("building__community__name", label="小区")
    building = TextFilter("building__name", label="楼幢")
    name = TextFilter("name", label="单元")
    active = WordFilter(label="状态", choices=ACTIVE, method=by_active)


class UnitTable(Table):
    community = Column("小区", "building.community.name", sort="building__community__sort_key")
    building = Column("楼幢", "building.name", sort="building__sort_key")
    name = Column("单元名称", sort="sort_key")
    rooms = NumberColumn("户数", "room_count")
    active = Column("状态", in_use, sort="active")
    actions = place_actions("unit", RowAction("迁移到其他楼幢", "property:unit-move", "property.change_unit"))


class UnitList(ListPage):
    """单元列表."""

    title, permission = "单元列表", "property.view_unit"
    crumbs = (("基础信息管理", ""), ("小区基础信息", ""))
    model = Unit
    queryset = Unit.objects.select_related("building__community").annotate(room_count=counted(Room, "unit"))
    filterset, table = UnitFilter, UnitTable
    create = ("添加", "property:unit-add", "property.add_unit")
