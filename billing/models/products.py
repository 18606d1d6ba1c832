"""产品: what heat costs. Versions are immutable once effective (docs/tariff.md)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.models.seasons import Season
from billing.states import (
    AreaBasis,
    ChargeMethod,
    Lapse,
    LateBase,
    LateMethod,
    Method,
    OverRule,
    PartMonth,
    PricePeriod,
    ProductKind,
    VersionState,
)
from heating.kit.money import area_field, rate_field
from heating.kit.scope import Handles, ScopedQuerySet
from org.models import Office


class ProductQuerySet(ScopedQuerySet):
    handles = Handles(office=("office_id",))


class Product(models.Model):
    """A tariff of a company for one season; its `code` is unique in the company and kept across its versions."""

    company = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="公司")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="归属机构")
    season = models.ForeignKey(Season, models.PROTECT, related_name="products", verbose_name="采暖季")
    code = models.CharField("产品编号", max_length=30)
    name = models.CharField("产品名称", max_length=60)
    kind = models.CharField("产品类型", max_length=10, choices=ProductKind)
    active = models.BooleanField("启用", default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "产品"
        ordering = ["-season__year", "code"]
        permissions = [("reprice_order", "重新计价")]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "code"], name="product_code_once", violation_error_message="产品编号已被使用"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ProductVersionQuerySet(ScopedQuerySet):
    handles = Handles(office=("product__office_id",))


class ProductVersion(models.Model):
    """One saved state of a tariff; an absent block (method empty) is simply not charged.

    Prices in 元/㎡ per `price_period`, special fixed values in 元/㎡ per month, percentages 0–100, daily late fee in ‰.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="versions", verbose_name="产品")
    number = models.PositiveSmallIntegerField("版本")
    state = models.CharField("状态", max_length=10, choices=VersionState, default=VersionState.DRAFT)

    pay_from = models.DateField("缴费起始时间")
    pay_to = models.DateField("缴费终止时间")
    method = models.CharField("计费方式", max_length=10, choices=ChargeMethod, default=ChargeMethod.BY_AREA)
    price = rate_field(verbose_name="热力费单价")
    price_period = models.CharField("计价周期", max_length=10, choices=PricePeriod, default=PricePeriod.SEASON)
    months = models.DecimalField("计费月数", max_digits=4, decimal_places=2)
    season_days = models.PositiveSmallIntegerField("季天数")
    area_basis = models.CharField("面积口径", max_length=10, choices=AreaBasis, default=AreaBasis.FLOOR)
    area_factor = rate_field(verbose_name="面积系数", default=1)
    over_rule = models.CharField("超高规则", max_length=10, choices=OverRule, default=OverRule.NONE)
    over_base = area_field(verbose_name="超高起点(米)", null=True, blank=True)
    over_step = area_field(verbose_name="超高步长(米)", null=True, blank=True)
    over_percent = rate_field(verbose_name="每步加收(%)", null=True, blank=True)

    late_method = models.CharField("滞纳金方式", max_length=10, choices=LateMethod, blank=True)
    late_value = rate_field(verbose_name="滞纳金值", null=True, blank=True)
    late_from = models.DateField("滞纳金生效日期", null=True, blank=True)
    late_gap_days = models.PositiveSmallIntegerField("间隔天数", null=True, blank=True)
    late_base = models.CharField("滞纳金基数", max_length=10, choices=LateBase, default=LateBase.UNPAID)
    late_part_month = models.CharField("不足一月", max_length=10, choices=PartMonth, default=PartMonth.COUNT)
    late_cap = rate_field(verbose_name="滞纳金封顶(%)", null=True, blank=True)

    vacancy_method = models.CharField("空房方式", max_length=10, choices=Method, blank=True)
    vacancy_value = rate_field(verbose_name="空房值", null=True, blank=True)
    vacancy_from = models.DateField("空房缴费起始", null=True, blank=True)
    vacancy_to = models.DateField("空房缴费终止", null=True, blank=True)
    vacancy_lapse = models.CharField("空房逾期处理", max_length=10, choices=Lapse, default=Lapse.STANDARD)

    discount_method = models.CharField("优惠方式", max_length=10, choices=Method, blank=True)
    discount_value = rate_field(verbose_name="优惠值", null=True, blank=True)
    discount_from = models.DateField("优惠起", null=True, blank=True)
    discount_to = models.DateField("优惠止", null=True, blank=True)
    discount_stacks = models.BooleanField("可叠加", default=False)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    effective_at = models.DateTimeField("生效时间", null=True, editable=False)

    objects = ProductVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "产品版本"
        ordering = ["product_id", "-number"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["product"], condition=Q(state="effective"), name="one_effective_version_per_product"
            ),
            models.CheckConstraint(condition=Q(pay_from__lte=F("pay_to")), name="version_window"),
            models.CheckConstraint(condition=Q(price__gt=0), name="version_price"),
            models.CheckConstraint(condition=Q(months__gte=0.5, months__lte=12), name="version_months"),
            models.CheckConstraint(condition=Q(season_days__gte=1, season_days__lte=366), name="version_days"),
            models.CheckConstraint(condition=Q(area_factor__gt=0, area_factor__lte=1), name="version_area_factor"),
        ]

    def __str__(self) -> str:
        return f"{self.product.code} v{self.number}"


class ReliefRule(models.Model):
    """The special price of one relief type in one version."""

    version = models.ForeignKey(ProductVersion, models.CASCADE, related_name="relief_rules", verbose_name="产品版本")
    relief = models.CharField("优抚类型", max_length=20)
    method = models.CharField("优抚方式", max_length=10, choices=Method)
    value = rate_field(verbose_name="优抚值")
    window_from = models.DateField("优抚缴费起始")
    window_to = models.DateField("优抚缴费终止")
    lapse = models.CharField("优抚逾期处理", max_length=10, choices=Lapse, default=Lapse.KEEP)

    class Meta:
        verbose_name = verbose_name_plural = "优抚标准"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["version", "relief"], name="relief_rule_once"),
            models.CheckConstraint(condition=Q(window_from__lte=F("window_to")), name="relief_window"),
            models.CheckConstraint(condition=Q(value__gte=0), name="relief_value"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.relief}"
