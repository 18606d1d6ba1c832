"""业主, 小区, 楼幢, 单元."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from heating.kit.filters import OfficeFilter, TextFilter, WordFilter
from heating.kit.normal import document
from heating.kit.pages import ListPage
from heating.kit.seal import fingerprint
from heating.kit.tables import AreaColumn, Column, MaskedColumn, NumberColumn, RowAction, Table
from org.models import Office
from property.forms import reliefs
from property.models import Building, ChangeRequest, Community, Owner, Room, Unit
from property.queries.search import TAIL
from property.states import ChangeState, OwnerKind, Relief

ACTIVE = (("yes", "启用"), ("no", "停用"))

RELIEF = dict(Relief.choices)


def counted(model: Any, link: str, what: str = "pk", total: type = Count) -> Any:
    """Return a sub-query that counts (or sums) rows of `model` by their link to the outer row."""
    rows = model.objects.filter(**{link: OuterRef("pk")}).order_by().values(link)
    return Coalesce(Subquery(rows.annotate(n=total(what)).values("n")), 0)


def by_active(queryset: Any, name: str, value: str) -> Any:
    return queryset.filter(active=value == "yes")


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
        return queryset.filter(id_hash=fingerprint(found)) if isinstance(found, str) else queryset.none()

    def by_community(self, queryset: Any, name: str, value: str) -> Any:
        rooms = Room.objects.filter(community__name__icontains=value).values("owner_id")
        return queryset.filter(pk__in=rooms) if value else queryset


class OwnerTable(Table):
    """The columns of domain.md §5.2 that need no money (欠费 stands on the owner's page)."""

    number = Column("业主编号", link="reports:owner-detail")
    name = Column("用户姓名")
    phone = MaskedColumn("联系电话", width=16)
    kind = Column("用户类型", width=10)
    relief = Column("优抚类型", lambda o: RELIEF.get(o.relief, o.relief), sort="relief", width=10)
    rooms = NumberColumn("户室数", "room_count")
    pending = Column("审批状态", lambda o: "待审批" if o.pending_count else "", sort=False)
    active = Column("状态", lambda o: "启用" if o.active else "停用", sort="active")
    menu = "操作"
    actions = (
        RowAction("查看", "reports:owner-detail", "property.view_owner"),
        RowAction("编辑", "billing:owner-change", "property.request_owner_change"),
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
        pending = ChangeRequest.objects.filter(owner=OuterRef("pk"), state=ChangeState.PENDING).order_by()
        count = Subquery(pending.values("owner").annotate(n=Count("pk")).values("n"), output_field=IntegerField())
        return Owner.objects.annotate(room_count=counted(Room, "owner"), pending_count=Coalesce(count, 0))


def offices(verb: str) -> Any:
    return lambda request: Office.objects.visible_to(request.user, verb).order_by("path")


class CommunityFilter(django_filters.FilterSet):
    """小区名称, 机构, 状态."""

    name = TextFilter("name", label="小区名称")
    office = OfficeFilter(field_names=("office_id",), queryset=offices("property.view_community"))
    active = WordFilter(label="状态", choices=ACTIVE, method=by_active)


class CommunityTable(Table):
    name = Column("小区名称", sort="sort_key")
    code = Column("小区编码")
    office = Column("所属机构", "office.name")
    address = Column("地址", sort=False, width=24)
    buildings = NumberColumn("楼幢数", "building_count")
    rooms = NumberColumn("户数", "room_count")
    area = AreaColumn("建筑面积", "area_sum")
    manager = Column("物业管理员", "manager.name", sort=False)
    menu = "编辑"
    actions = (
        RowAction("编辑", "property:community-edit", "property.change_community"),
        RowAction("删除", "property:community-delete", "property.delete_community"),
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


class BuildingTable(Table):
    community = Column("小区", "community.name", sort="community__sort_key")
    name = Column("楼幢名称", sort="sort_key")
    units = NumberColumn("单元数", "unit_count")
    floors = NumberColumn("层数")
    rooms = NumberColumn("户数", "room_count")
    system = Column("系统形式")
    actions = (
        RowAction("编辑", "property:building-edit", "property.change_building"),
        RowAction("删除", "property:building-delete", "property.delete_building"),
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


class UnitTable(Table):
    community = Column("小区", "building.community.name", sort="building__community__sort_key")
    building = Column("楼幢", "building.name", sort="building__sort_key")
    name = Column("单元名称", sort="sort_key")
    rooms = NumberColumn("户数", "room_count")
    actions = (
        RowAction("编辑", "property:unit-edit", "property.change_unit"),
        RowAction("删除", "property:unit-delete", "property.delete_unit"),
    )


class UnitList(ListPage):
    """单元列表."""

    title, permission = "单元列表", "property.view_unit"
    crumbs = (("基础信息管理", ""), ("小区基础信息", ""))
    model = Unit
    queryset = Unit.objects.select_related("building__community").annotate(room_count=counted(Room, "unit"))
    filterset, table = UnitFilter, UnitTable
    create = ("添加", "property:unit-add", "property.add_unit")
