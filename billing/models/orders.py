"""缴费订单: what one room owes for one season, with everything the figure was made from."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from billing.models.contracts import Contract
from billing.models.products import ProductVersion
from billing.models.seasons import Season
from billing.states import DEAD, FeeKind, Line, OrderState
from heating.kit.money import area_field, money_field
from heating.kit.scope import Handles, ScopedQuerySet
from property.models import Owner, Room
from property.models.located import LocatedInBulk
from property.states import OwnerKind, Relief


class OrderQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("office_id",),
        community=("community_id",),
        building=("building_id",),
        author=("created_by_id", "owner__user_id"),
    )

    def alive(self) -> "OrderQuerySet":
        """Orders that count: neither void nor fully refunded."""
        return self.exclude(state__in=DEAD)

    def open(self) -> "OrderQuerySet":
        """Orders on which something is still due."""
        return self.filter(state__in=(OrderState.UNPAID, OrderState.PARTIAL))

    def oldest_first(self) -> "OrderQuerySet":
        return self.order_by("season__year", "id")


class Order(LocatedInBulk):
    """One bill. Amounts in 元 as of `priced_on`; what may change later changes on `next_change_on`.

    Inputs (areas, months, days, statuses, version) are stored, so the figure can be computed again.
    principal = line_amount − discount (应缴本金); paid = principal paid, net of reversals and refunds; late_* likewise.
    arrears = unpaid principal, due = all that is still to pay. A column ending in _name, and address and account_no,
    are as printed at billing time: later changes of the room do not touch them.
    """

    number = models.CharField("订单号", max_length=20)
    room = models.ForeignKey(Room, models.PROTECT, related_name="orders", verbose_name="户室", db_constraint=False)
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="orders", verbose_name="业主", db_constraint=False)
    season = models.ForeignKey(
        Season, models.PROTECT, related_name="orders", verbose_name="采暖季", db_constraint=False, db_index=False
    )
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, related_name="orders", verbose_name="合同", db_constraint=False
    )
    version = models.ForeignKey(
        ProductVersion,
        models.PROTECT,
        null=True,
        related_name="orders",
        verbose_name="产品版本",
        db_constraint=False,
        db_index=False,
    )
    fee_kind = models.CharField("费用类别", max_length=12, choices=FeeKind, default=FeeKind.HEAT)
    seq = models.PositiveSmallIntegerField(default=1)
    state = models.CharField("缴费状态", max_length=10, choices=OrderState, default=OrderState.UNPAID)
    account_no = models.CharField("缴费账号", max_length=20)
    owner_name = models.CharField("业主姓名", max_length=60)
    owner_kind = models.CharField("用户类型", max_length=10, choices=OwnerKind)
    address = models.CharField("地址", max_length=200)
    product_kind = models.CharField("产品类型", max_length=10, blank=True)

    floor_area = area_field(verbose_name="建筑面积", null=True)
    inner_area = area_field(verbose_name="户室面积", null=True)
    height = area_field(verbose_name="层高", null=True)
    base_area = area_field(verbose_name="计费面积(不含超高)", default=0)
    over_area = area_field(verbose_name="超高面积", default=0)
    charge_area = area_field(verbose_name="计费面积", default=0)
    heated_days = models.PositiveSmallIntegerField("供热天数", null=True)
    vacancy = models.BooleanField("空房已批准", default=False)
    relief = models.CharField("优抚类型", max_length=20, default=Relief.NONE)

    standard_fee = money_field(verbose_name="标准热力费", default=0)
    line = models.CharField("计费类别", max_length=10, choices=Line, default=Line.STANDARD)
    line_amount = money_field(verbose_name="计费金额", default=0)
    discount = money_field(verbose_name="优惠", default=0)
    principal = money_field(verbose_name="应缴本金")
    late_accrued = money_field(verbose_name="滞纳金", default=0)
    late_waived = money_field(verbose_name="已减免滞纳金", default=0)
    late_paid = money_field(verbose_name="已缴滞纳金", default=0)
    paid = money_field(verbose_name="已缴本金", default=0)
    refunded = money_field(verbose_name="已退费", default=0)
    arrears = models.GeneratedField(
        expression=F("principal") - F("paid"),
        output_field=money_field(verbose_name="欠费本金"),
        db_persist=True,
        verbose_name="欠费本金",
    )
    due = models.GeneratedField(
        expression=F("principal") - F("paid") + Greatest(F("late_accrued") - F("late_waived") - F("late_paid"), 0),
        output_field=money_field(verbose_name="欠费"),
        db_persist=True,
        verbose_name="欠费",
    )
    closed_on = models.DateField("本金结清日", null=True)
    priced_on = models.DateField("计价日")
    next_change_on = models.DateField("下次变动日", null=True)
    overdue_from = models.DateField("逾期起算日", null=True)
    last_paid_on = models.DateField("缴费日期", null=True)
    last_channel = models.CharField("缴费方式", max_length=20, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    bill_run_id = models.BigIntegerField(null=True, editable=False)
    batch_id = models.BigIntegerField("导入批次", null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField("生成时间", auto_now_add=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "缴费订单"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [
            ("request_waiver", "申请滞纳金减免"),
            ("approve_waiver", "审批滞纳金减免"),
            ("request_void", "申请作废订单"),
            ("approve_void", "审批作废订单"),
            ("dun", "欠费催缴"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="order_number_once"),
            models.UniqueConstraint(
                fields=["room", "season", "fee_kind", "seq"],
                condition=~Q(state__in=["refunded", "void"]),
                name="order_once",
                violation_error_message="该户本采暖季已开单",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, late_paid__gte=0, late_waived__gte=0, discount__gte=0, principal__gte=0),
                name="order_amounts_not_negative",
            ),
            models.CheckConstraint(condition=Q(paid__lte=F("principal")), name="order_not_overpaid"),
            models.CheckConstraint(
                condition=Q(principal=F("line_amount") - F("discount")), name="order_principal_is_line_less_discount"
            ),
        ]
        indexes = [
            models.Index(fields=["season", "community", "building"], name="order_place"),
            models.Index(
                fields=["next_change_on"], name="order_next_change", condition=Q(next_change_on__isnull=False)
            ),
            models.Index(fields=["batch_id"], name="order_batch", condition=Q(batch_id__isnull=False)),
            models.Index(fields=["company", "account_no"], name="order_account"),
            models.Index(
                fields=["community", "season"], name="order_unpaid", condition=Q(state__in=["unpaid", "partial"])
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One explained line of an order: heat fee by its line (+), over-height (+), discount (−); `sign` is the direction.

    The order's principal is the sum of its lines. `text` is the formula as a person reads it.
    """

    order = models.ForeignKey(
        Order, models.CASCADE, related_name="lines", verbose_name="订单", db_constraint=False, db_index=False
    )
    position = models.PositiveSmallIntegerField()
    kind = models.CharField("类别", max_length=12)
    label = models.CharField("项目", max_length=40)
    text = models.CharField("计算", max_length=200)
    sign = models.SmallIntegerField(default=1)
    amount = money_field(verbose_name="金额")

    class Meta:
        verbose_name = verbose_name_plural = "订单明细"
        default_permissions = ()
        ordering = ["order_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="order_line_amount"),
            models.CheckConstraint(condition=Q(sign__in=[1, -1]), name="order_line_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.amount}"
