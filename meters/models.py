"""抄表记录. Which reader reads which buildings is a guardian grant (辖区)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from heating.kit.scope import Handles, ScopedQuerySet
from property.models import Room


class HeatUnit(models.TextChoices):
    KWH = "kWh", "kWh"
    GJ = "GJ", "GJ"
    MWH = "MWh", "MWh"


class ReadingQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("room__office_id",),
        community=("room__community_id",),
        building=("room__building_id",),
        author=("reader_id", "room__owner__user_id"),
    )


class Reading(models.Model):
    """One reading of a room's heat meter."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="readings", verbose_name="户室")
    meter_no = models.CharField("热表号", max_length=30)
    on = models.DateField("抄表日期")
    start = models.DecimalField("起数", max_digits=14, decimal_places=3, null=True, blank=True)
    end = models.DecimalField("止数", max_digits=14, decimal_places=3)
    unit = models.CharField("单位", max_length=4, choices=HeatUnit, blank=True)
    rollover = models.BooleanField("翻转", default=False)
    confirmed = models.BooleanField("已确认", default=True)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="抄表员"
    )
    note = models.CharField("备注", max_length=500, blank=True)
    batch_id = models.BigIntegerField("导入批次", null=True, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "抄表记录"
        ordering = ["-on", "-id"]
        permissions = [("import_reading", "导入抄表")]
        constraints = [
            models.UniqueConstraint(fields=["room", "meter_no", "on"], name="reading_once"),
            models.CheckConstraint(condition=Q(end__gte=0), name="reading_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.meter_no} {self.on}"
