"""户室."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from heating.kit.money import area_field
from heating.kit.scope import Handles, ScopedQuerySet
from org.models import Office
from property.models.history import remember
from property.models.owners import Owner
from property.models.places import Building, Community, Unit
from property.states import HeatState

AREA = [MinValueValidator(0.01, "面积须大于 0"), MaxValueValidator(100000, "面积不能超过 100000")]
HEIGHT = [MinValueValidator(2, "层高须在 2.00–30.00 米"), MaxValueValidator(30, "层高须在 2.00–30.00 米")]


class RoomQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("office_id",),
        community=("community_id",),
        building=("building_id",),
        author=("created_by_id", "owner__user_id"),
    )


# Asked whenever an account is given out: a number that a room has given up is never reused.
@remember("sort_key", indexes=(models.Index(fields=["account_no"], name="room_account_before"),))
class Room(models.Model):
    """户室: one current owner, one 缴费账号. Areas in ㎡, height in m.

    Office, community and building are copied down; `address` is the full place as shown, `sort_key` its natural
    order over the whole company. Area, height, account and owner change only through a ChangeRequest.
    """

    company = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="公司", db_index=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="所属机构", db_index=False)
    community = models.ForeignKey(Community, models.PROTECT, related_name="rooms", verbose_name="小区", db_index=False)
    building = models.ForeignKey(Building, models.PROTECT, related_name="rooms", verbose_name="楼幢")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rooms", verbose_name="单元")
    number = models.CharField("户室号", max_length=40)
    account_no = models.CharField("缴费账号", max_length=20)
    floor_area = area_field(verbose_name="建筑面积", validators=AREA)
    inner_area = area_field(verbose_name="户室面积", null=True, blank=True, validators=AREA)
    height = area_field(verbose_name="层高", null=True, blank=True, validators=HEIGHT)
    floor = models.SmallIntegerField("楼层", null=True, blank=True)
    meter_no = models.CharField("热表号", max_length=30, blank=True)
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="rooms", verbose_name="业主")
    heat_state = models.CharField("供热状态", max_length=12, choices=HeatState, default=HeatState.NORMAL)
    note = models.CharField("备注", max_length=500, blank=True)
    address = models.CharField("地址", max_length=200, editable=False)
    sort_key = models.CharField(max_length=400, editable=False)
    batch_id = models.BigIntegerField("导入批次", null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "户室"
        ordering = ["sort_key", "id"]
        permissions = [("import_room", "导入户室"), ("request_room_change", "申请户室变更")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "number"], name="room_number_once", violation_error_message="该单元已有此户室号"
            ),
            models.UniqueConstraint(
                fields=["company", "account_no"], name="room_account_once", violation_error_message="缴费账号已被使用"
            ),
            models.CheckConstraint(condition=Q(floor_area__gt=0, floor_area__lte=100000), name="room_floor_area"),
            models.CheckConstraint(
                condition=Q(inner_area__isnull=True) | Q(inner_area__gt=0, inner_area__lte=100000),
                name="room_inner_area",
            ),
            models.CheckConstraint(
                condition=Q(height__isnull=True) | Q(height__gte=2, height__lte=30), name="room_height"
            ),
        ]
        indexes = [
            models.Index(fields=["account_no"], name="room_account", opclasses=["varchar_pattern_ops"]),
            # With the area, so that the lists of places count and sum without reading the rooms.
            models.Index(fields=["community", "building"], include=["floor_area"], name="room_place"),
            # A page of the list is read off its order: of everything, and of one 机构.
            models.Index(fields=["sort_key", "id"], name="room_order"),
            models.Index(fields=["office", "sort_key", "id"], name="room_office_order"),
            models.Index(fields=["company", "meter_no"], name="room_meter", condition=~Q(meter_no="")),
            models.Index(fields=["batch_id"], name="room_batch", condition=Q(batch_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.account_no} {self.address}"
