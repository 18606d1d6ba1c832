"""Bill runs, what they could not bill, and the rolled-up sums of a season."""

from django.conf import settings
from django.db import models

from billing.models.contracts import Contract
from billing.models.seasons import Season
from heating.kit.money import money_field
from heating.kit.scope import Handles, ScopedQuerySet
from org.models import Office


class BillRunQuerySet(ScopedQuerySet):
    handles = Handles(office=("company_id",), author=("actor_id",))


class BillRun(models.Model):
    """One run over the contracts of a season that had no order yet."""

    company = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="公司")
    season = models.ForeignKey(Season, models.PROTECT, related_name="+", verbose_name="采暖季")
    on = models.DateField("计价日")
    orders = models.PositiveIntegerField("订单数", default=0)
    principal = money_field(verbose_name="应缴本金", default=0)
    skipped = models.PositiveIntegerField("未开单数", default=0)
    batch_id = models.BigIntegerField("导入批次", null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    objects = BillRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "开单批次"
        default_permissions = ("view", "add")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.season} {self.at:%Y-%m-%d %H:%M}"


class Unbillable(models.Model):
    """A contract that a bill run had to leave out, and why."""

    run = models.ForeignKey(BillRun, models.CASCADE, related_name="unbillable", verbose_name="开单批次")
    contract = models.ForeignKey(Contract, models.CASCADE, related_name="+", verbose_name="合同", db_constraint=False)
    reason = models.CharField("原因", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "未开单合同"
        default_permissions = ()

    def __str__(self) -> str:
        return self.reason


class SeasonRollupQuerySet(ScopedQuerySet):
    handles = Handles(office=("office_id",), community=("community_id",), building=("building_id",))


class SeasonRollup(models.Model):
    """Sums of the living orders of one building, season and product kind; written with every change of an order."""

    season_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    office_id = models.BigIntegerField(db_index=True)
    community_id = models.BigIntegerField()
    building_id = models.BigIntegerField()
    product_kind = models.CharField(max_length=10, blank=True)
    orders = models.IntegerField("订单数", default=0)
    charge_area = models.DecimalField("计费面积", max_digits=14, decimal_places=2, default=0)
    principal = money_field(verbose_name="应缴本金", default=0)
    paid = money_field(verbose_name="已缴本金", default=0)
    late_accrued = money_field(verbose_name="应计滞纳金", default=0)
    late_waived = money_field(verbose_name="减免滞纳金", default=0)
    late_paid = money_field(verbose_name="已缴滞纳金", default=0)
    discount = money_field(verbose_name="优惠", default=0)
    relief_saved = money_field(verbose_name="优抚减免", default=0)
    vacancy_orders = models.IntegerField("空房户数", default=0)
    paid_orders = models.IntegerField("已缴户数", default=0)
    paid_area = models.DecimalField("已缴面积", max_digits=14, decimal_places=2, default=0)

    objects = SeasonRollupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "采暖季汇总"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["season_id", "building_id", "product_kind"], name="rollup_once")]
        indexes = [models.Index(fields=["season_id", "community_id"], name="rollup_place")]

    def __str__(self) -> str:
        return f"{self.season_id} {self.building_id} {self.product_kind}"
