"""Who did what to which thing, and when; and the seals that show when a row of the books was changed or removed."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from heating.kit.append_only import APPEND_ONLY
from heating.kit.scope import Handles, ScopedQuerySet


class RecordQuerySet(ScopedQuerySet):
    handles = Handles(office=("office_id",), author=("actor_id",))

    def curious(self, *, since: datetime, more_than: int = 100) -> Any:
        """Return the actors of more than so many reveals of sensitive data since a moment."""
        reveals = self.filter(event__endswith=".reveal", at__gte=since).order_by().values("actor_id")
        return reveals.annotate(reveals=models.Count("pk")).filter(reveals__gt=more_than)


class Record(models.Model):
    """One deed. Actor and target stand also as text, so that the row still reads when they are gone."""

    at = models.DateTimeField("时间", auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="操作人", db_constraint=False, db_index=False
    )
    actor_name = models.CharField("操作人姓名", max_length=60, blank=True)
    event = models.CharField("操作", max_length=60)
    target_type = models.CharField("对象类型", max_length=60, blank=True)
    target_id = models.BigIntegerField("对象编号", null=True)
    target_text = models.CharField("对象", max_length=200, blank=True)
    before = models.JSONField("操作前", null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("操作后", null=True, encoder=DjangoJSONEncoder)
    note = models.CharField("说明", max_length=500, blank=True)
    office_id = models.BigIntegerField("机构", null=True, db_index=True)
    address = models.CharField("来源地址", max_length=45, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "操作日志"
        default_permissions = ("view",)
        ordering = ["-id"]
        # Each condition that finds few rows has an index in the order of the list; the list itself reads by time.
        indexes = [
            models.Index(fields=["target_type", "target_id"]),
            models.Index(fields=["at", "id"], name="record_by_time"),
            models.Index(fields=["actor", "at", "id"], name="record_by_actor"),
            models.Index(fields=["event", "at", "id"], name="record_by_event"),
            models.Index(fields=["target_text"], name="record_by_target", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["address", "at", "id"], name="record_by_address", condition=~models.Q(address="")),
        ]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.actor_name} {self.event} {self.target_text}"


class SealQuerySet(ScopedQuerySet):
    handles = Handles(office=("company_id",))


class Seal(models.Model):
    """One link of a company's chain: signs rows that were committed by `at`, and the seal before (company 0: no one's).

    `digest` is keyed with a secret outside the database; `key` names which. The rows are in the parts.
    """

    company_id = models.BigIntegerField("公司")
    number = models.BigIntegerField("序号")
    at = models.DateTimeField("时间")
    rows = models.PositiveIntegerField("行数")
    key = models.CharField("密钥", max_length=12)
    previous = models.CharField("上一封签", max_length=64, blank=True)
    digest = models.CharField("摘要", max_length=64)

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "封签"
        default_permissions = ()
        ordering = ["company_id", "number"]
        constraints = [models.UniqueConstraint(fields=["company_id", "number"], name="seal_number_once")]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.company_id} #{self.number}"


class SealPart(models.Model):
    """The rows of one table under a seal: their ids, and 16 bytes of keyed digest for each in the same order."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="parts")
    name = models.CharField(max_length=60, db_index=True)
    ids = ArrayField(models.BigIntegerField())
    macs = models.BinaryField()

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.seal_id} {self.name}"


class SealMark(models.Model):
    """How far a table is sealed: every row up to id `upto`, except in the gaps that may still be filled."""

    name = models.CharField(max_length=60, unique=True)
    upto = models.BigIntegerField(default=0)
    gaps = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} {self.upto}"
