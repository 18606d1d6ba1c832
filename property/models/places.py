"""小区, 楼幢, 单元. Rows carry their office and sort key, so that lists need no joins."""

from dataclasses import replace

from django.conf import settings
from django.db import models

from heating.kit.scope import Handles, ScopedQuerySet
from org.models import Office
from property.states import HeatSystem

# Who oversees one building of a 小区 may look at the 小区, but not do to the whole what is allowed on the part.
WHOLE = frozenset(
    f"property.{deed}" for deed in ("change_community", "delete_community", "add_building", "import_room")
)


class CommunityQuerySet(ScopedQuerySet):
    handles = Handles(office=("office_id",), community=("id",), author=("created_by_id",))
    seen_through = replace(handles, building=("buildings__id",))
    narrower = WHOLE

    def visible_to(self, user, permission):
        """A community is also visible, save to permissions on the whole of it, through one overseen building."""
        rows = self.model._default_manager.all()
        rows.handles = self.handles if permission in WHOLE else self.seen_through
        # A community with two overseen buildings comes once.
        return self.filter(pk__in=ScopedQuerySet.visible_to(rows, user, permission).order_by().values("pk"))

    def offered(self):
        """Return what may still be built in: nothing that is 停用."""
        return self.filter(active=True)


class Community(models.Model):
    """小区: belongs to an office (mostly a site), which its buildings, rooms, orders inherit."""

    company = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="公司")
    office = models.ForeignKey(Office, models.PROTECT, related_name="communities", verbose_name="所属机构")
    name = models.CharField("小区名称", max_length=60)
    code = models.CharField("小区编码", max_length=20, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    heat_station = models.CharField("换热站", max_length=60, blank=True)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="物业管理员"
    )
    note = models.CharField("备注", max_length=200, blank=True)
    active = models.BooleanField("启用", default=True)
    sort_key = models.CharField(max_length=200, editable=False)
    batch_id = models.BigIntegerField("导入批次", null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "小区"
        ordering = ["sort_key", "id"]
        permissions = [("oversee_community", "辖区小区")]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"], name="community_name_once", violation_error_message="本公司已有同名小区"
            )
        ]

    def __str__(self) -> str:
        return self.name


class BuildingQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("community__office_id",),
        community=("community_id",),
        building=("id",),
        author=("community__created_by_id",),
    )

    def offered(self):
        return self.filter(active=True, community__active=True)


class Building(models.Model):
    """楼幢 of a 小区."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="buildings", verbose_name="小区")
    name = models.CharField("楼幢名称", max_length=40)
    floors = models.PositiveSmallIntegerField("层数", null=True, blank=True)
    built_year = models.PositiveSmallIntegerField("建成年", null=True, blank=True)
    system = models.CharField("系统形式", max_length=10, choices=HeatSystem, default=HeatSystem.PER_ROOM)
    note = models.CharField("备注", max_length=200, blank=True)
    active = models.BooleanField("启用", default=True)
    sort_key = models.CharField(max_length=200, editable=False)
    batch_id = models.BigIntegerField("导入批次", null=True, editable=False)

    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "楼幢"
        ordering = ["community__sort_key", "sort_key", "id"]
        permissions = [("oversee_building", "辖区楼幢")]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"], name="building_name_once", violation_error_message="该小区已有同名楼幢"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def office_id(self) -> int:
        return self.community.office_id


class UnitQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("building__community__office_id",),
        community=("building__community_id",),
        building=("building_id",),
        author=("building__community__created_by_id",),
    )

    def offered(self):
        return self.filter(active=True, building__active=True, building__community__active=True)


class Unit(models.Model):
    """单元 of a 楼幢."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="units", verbose_name="楼幢")
    name = models.CharField("单元名称", max_length=40)
    note = models.CharField("备注", max_length=200, blank=True)
    active = models.BooleanField("启用", default=True)
    sort_key = models.CharField(max_length=200, editable=False)
    batch_id = models.BigIntegerField("导入批次", null=True, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单元"
        ordering = ["building__community__sort_key", "building__sort_key", "sort_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["building", "name"], name="unit_name_once", violation_error_message="该楼幢已有同名单元"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def office_id(self) -> int:
        return self.building.community.office_id
