"""Money in: attempts, receipts, reversals."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from heating.kit.append_only import APPEND_ONLY
from heating.kit.money import money_field
from heating.kit.scope import Handles, ScopedQuerySet
from org.models import Office
from payments.states import CHANNEL_LABELS, PaymentState, ReceiptState
from property.models import Room
from property.models.located import Located


class PaymentQuerySet(ScopedQuerySet):
    # A payment is visible through the room's office and through the collecting site.
    handles = Handles(
        office=("office_id", "site_id"),
        community=("community_id",),
        building=("building_id",),
        author=("cashier_id", "room__owner__user_id"),
    )

    def succeeded(self) -> "PaymentQuerySet":
        return self.filter(state=PaymentState.SUCCEEDED)


class Payment(Located):
    """One attempt to pay for one room through one channel; never deleted, never changes amount or channel.

    `client_request_id` is made when the pay form opens: double click, reload and second tab return the same payment.
    `on` is the business day (Asia/Shanghai), fixed once, in the settling transaction. `principal`, `late_fee` and
    `prepaid` are the split of `amount` as settled; the rows of `billing.Allocation` are the truth behind them.
    """

    number = models.CharField("缴费单号", max_length=32)
    client_request_id = models.UUIDField("请求编号", unique=True, default=uuid.uuid4, editable=False)
    channel = models.CharField("渠道", max_length=20)
    provider = models.CharField("通道", max_length=20, blank=True)
    state = models.CharField("状态", max_length=12, choices=PaymentState, default=PaymentState.CREATED)
    amount = money_field(verbose_name="金额")
    principal = money_field(verbose_name="本金", default=0)
    late_fee = money_field(verbose_name="滞纳金", default=0)
    prepaid = money_field(verbose_name="预存", default=0)
    tendered = money_field(verbose_name="实收现金", null=True, blank=True)
    change = money_field(verbose_name="找零", default=0)
    site = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="收费站点", db_index=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="payments", verbose_name="户室")
    account_no = models.CharField("缴费账号", max_length=20)
    owner_name = models.CharField("业主姓名", max_length=60)
    owner_kind = models.CharField("用户类型", max_length=10)
    address = models.CharField("地址", max_length=200)
    seasons = models.CharField("采暖季", max_length=200, blank=True)
    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="收费员", db_index=False
    )
    on = models.DateField("缴费日期", null=True)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    paid_at = models.DateTimeField("缴费时间", null=True)
    transaction_id = models.CharField("渠道流水号", max_length=64, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "缴费"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [
            ("take_payment", "收费"),
            ("reverse_payment", "当日冲正"),
            ("request_refund", "申请退费"),
            ("approve_refund", "审批退费"),
            ("review_refund", "财务复核退费"),
            ("execute_refund", "执行退费"),
            ("close_day", "日结"),
            ("confirm_handover", "确认交账"),
            ("reconcile", "渠道对账"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="payment_number_once"),
            models.UniqueConstraint(
                fields=["channel", "transaction_id"], condition=~Q(transaction_id=""), name="payment_transaction_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=99999999.99), name="payment_amount"),
            models.CheckConstraint(
                condition=~Q(state__in=["succeeded", "reversed"])
                | Q(amount=F("principal") + F("late_fee") + F("prepaid"), on__isnull=False, paid_at__isnull=False),
                name="payment_split_is_amount",
            ),
        ]
        indexes = [
            models.Index(fields=["cashier", "on"], name="payment_cashier_day"),
            models.Index(fields=["site", "on"], name="payment_site_day"),
            models.Index(fields=["company", "on", "channel"], name="payment_channel_day"),
            models.Index(fields=["company", "account_no"], name="payment_account"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_channel_display(self) -> str:
        """Return what the channel is called; its codes are plain strings, so that a new one needs no migration."""
        return CHANNEL_LABELS.get(self.channel, self.channel)


class ReceiptCounter(models.Model):
    """The last receipt number of a site and day; its row is the last lock of a payment."""

    site = models.ForeignKey(Office, models.PROTECT, related_name="+")
    on = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["site", "on"], name="receipt_counter_once")]

    def __str__(self) -> str:
        return f"{self.site_id} {self.on} {self.last}"


class ReceiptQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("payment__office_id", "site_id"),
        community=("payment__community_id",),
        building=("payment__building_id",),
        author=("payment__cashier_id", "payment__room__owner__user_id"),
    )


class Receipt(models.Model):
    """缴费回单 of one successful payment: site code + yyyyMMdd + 6 digits, without gaps per site and day.

    `content` is what was printed the first time, so that a reprint years later reads the same.
    """

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="receipt", verbose_name="缴费")
    site = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="站点")
    on = models.DateField("日期")
    seq = models.PositiveIntegerField("序号")
    number = models.CharField("回单号", max_length=30)
    state = models.CharField("状态", max_length=6, choices=ReceiptState, default=ReceiptState.VALID)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    content = models.JSONField("内容")

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "缴费回单"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("reprint_receipt", "补打回单")]
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="receipt_number_once"),
            models.UniqueConstraint(fields=["site", "on", "seq"], name="receipt_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1, seq__lte=999999), name="receipt_seq"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def office_id(self) -> int:
        return self.site_id


class ReceiptPrint(models.Model):
    """One printing of a receipt; from the second on the paper says 补打."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="prints", verbose_name="回单")
    nth = models.PositiveIntegerField("第几次")
    paper = models.CharField("纸张", max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "打印记录"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["receipt", "nth"], name="receipt_print_once")]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.receipt} {self.nth}"


class ReversalQuerySet(ScopedQuerySet):
    handles = Handles(office=("payment__office_id", "payment__site_id"), author=("by_id",))


class Reversal(models.Model):
    """同日冲正 of a payment: the whole amount, by the same cashier, before 日结."""

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="reversal", verbose_name="缴费")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="操作人")
    on = models.DateField("日期")
    at = models.DateTimeField("时间", auto_now_add=True)
    reason = models.CharField("原因", max_length=200)

    objects = ReversalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "冲正"
        default_permissions = ()
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.payment} 冲正"
