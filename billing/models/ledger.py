"""The ledger: every fen that moved, as rows that are only ever added."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.models.orders import Order
from billing.states import AllocationKind, Direction, Side
from heating.kit.append_only import APPEND_ONLY
from heating.kit.money import money_field
from heating.kit.scope import Handles, ScopedQuerySet
from org.models import Office
from property.models import Owner, Room
from property.models.located import Located, LocatedInBulk


class LedgerGroupQuerySet(ScopedQuerySet):
    handles = Handles(office=("office_id",), author=("actor_id",))


class LedgerGroup(models.Model):
    """One money event: its entries balance. `source` names the event once and for all, e.g. "payment:17:settle"."""

    source = models.CharField("来源", max_length=80)
    on = models.DateField("业务日期", db_index=True)
    company = models.ForeignKey(
        Office, models.PROTECT, related_name="+", verbose_name="公司", db_constraint=False, db_index=False
    )
    office = models.ForeignKey(
        Office, models.PROTECT, related_name="+", verbose_name="机构", db_constraint=False, db_index=False
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="操作人",
        db_constraint=False,
        db_index=False,
    )
    at = models.DateTimeField("记账时间", auto_now_add=True)
    note = models.CharField("摘要", max_length=200, blank=True)

    objects = LedgerGroupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "记账凭证"
        default_permissions = ("view",)
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["source"], name="ledger_source_once")]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return self.source


class LedgerEntry(models.Model):
    """One side of a money event; `account` is an `Account` or "clearing:<channel>"."""

    group = models.ForeignKey(LedgerGroup, models.PROTECT, related_name="entries", verbose_name="凭证")
    account = models.CharField("科目", max_length=30)
    side = models.CharField("借贷", max_length=6, choices=Side)
    amount = money_field(verbose_name="金额")
    order_id = models.BigIntegerField("订单", null=True, db_index=True)
    room_id = models.BigIntegerField("户室", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "账"
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=99999999999), name="entry_amount"),
            models.CheckConstraint(condition=Q(side__in=["debit", "credit"]), name="entry_side"),
        ]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.account} {self.amount}"


class AllocationQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("order__office_id",),
        community=("order__community_id",),
        building=("order__building_id",),
        author=("order__owner__user_id",),
    )


class Allocation(models.Model):
    """A part of a payment put to an order's principal or late fee on a day, or taken back (direction out)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="allocations", verbose_name="订单")
    group = models.ForeignKey(LedgerGroup, models.PROTECT, related_name="allocations", verbose_name="凭证")
    payment_id = models.BigIntegerField("缴费", null=True, db_index=True)
    kind = models.CharField("款项", max_length=10, choices=AllocationKind)
    direction = models.CharField("方向", max_length=3, choices=Direction, default=Direction.IN)
    amount = money_field(verbose_name="金额")
    on = models.DateField("日期")

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "冲抵"
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_amount")]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind} {self.amount}"


class PrepaymentQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("office_id",),
        community=("community_id",),
        building=("building_id",),
        author=("room__owner__user_id",),
    )


class Prepayment(LocatedInBulk):
    """预存款 of a room's account; the balance is the sum of its entries and never negative."""

    room = models.OneToOneField(Room, models.PROTECT, related_name="prepayment", verbose_name="户室")
    balance = money_field(verbose_name="余额", default=0)
    changed_at = models.DateTimeField("最近变动", auto_now=True)

    objects = PrepaymentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "预存款"
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=Q(balance__gte=0), name="prepayment_not_negative")]

    def __str__(self) -> str:
        return f"{self.room} {self.balance}"


class ExcessQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("office_id",),
        community=("community_id",),
        building=("building_id",),
        author=("owner__user_id",),
    )

    def outstanding(self) -> "ExcessQuerySet":
        """Return what has not been paid back yet."""
        return self.filter(amount__gt=models.F("returned"))


class Excess(Located):
    """挂账: money that belongs to `owner` and that no account or order may use; it waits for its refund."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="excesses", verbose_name="户室")
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="excesses", verbose_name="应退业主")
    owner_name = models.CharField("应退业主", max_length=60)
    account_no = models.CharField("缴费账号", max_length=20)
    address = models.CharField("地址", max_length=200)
    amount = money_field(verbose_name="挂账金额")
    returned = money_field(verbose_name="已退", default=0)
    on = models.DateField("挂账日期")
    reason = models.CharField("原因", max_length=100)
    group = models.OneToOneField(LedgerGroup, models.PROTECT, related_name="excess", verbose_name="凭证")

    objects = ExcessQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "待退款"
        default_permissions = ("view",)
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, returned__gte=0, returned__lte=models.F("amount")), name="excess_amounts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_no} {self.owner_name} {self.amount}"


class PrepaymentEntry(models.Model):
    """One movement of a 预存款; `order_id` when it was used for an order."""

    prepayment = models.ForeignKey(Prepayment, models.PROTECT, related_name="entries", verbose_name="预存款")
    group = models.ForeignKey(LedgerGroup, models.PROTECT, related_name="prepayment_entries", verbose_name="凭证")
    payment_id = models.BigIntegerField("缴费", null=True, db_index=True)
    order_id = models.BigIntegerField("订单", null=True)
    direction = models.CharField("方向", max_length=3, choices=Direction)
    amount = money_field(verbose_name="金额")
    on = models.DateField("日期")
    note = models.CharField("说明", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "预存款流水"
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="prepayment_entry_amount")]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.amount}"
