"""缴费渠道统计."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth

from accounts.models import User
from billing.models import Allocation
from billing.states import ChargeMethod
from heating.kit.fields import DayField, offer
from heating.kit.money import ZERO
from heating.kit.tables import Column, MoneyColumn, NumberColumn, PercentColumn, Table
from org.models import Office
from payments.models import Payment, Reversal
from payments.states import CHANNEL_LABELS, ChannelCode, PaymentState
from reports.base import Answer, QuestionForm, Report

PERIODS = (("total", "合计"), ("day", "按日"), ("month", "按月"))
# Not money that really came in: a payment from 预存款 moves money that was counted when it was prepaid.
UNREAL = ChannelCode.PREPAID


class ChannelQuestion(QuestionForm):
    """名称, 计费方式, 时间阶段, 机构."""

    name = forms.CharField(label="名称（渠道名称）", required=False, max_length=20)
    method = forms.ChoiceField(label="计费方式", required=False, choices=[("", "全部"), *ChargeMethod.choices])
    since = DayField(label="时间阶段从", required=False)
    until = DayField(label="时间阶段到", required=False)
    office = forms.ModelChoiceField(label="机构", required=False, queryset=Office.objects.none(), empty_label="全部")
    period = forms.ChoiceField(label="汇总方式", required=False, choices=PERIODS, initial="total")

    def scope_to(self, user: User) -> None:
        offer(self, "office", Office.objects.visible_to(user, self.permission).order_by("path"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise ValidationError("时间阶段的起不能晚于止")
        return data


@dataclass
class ChannelRow:
    """One channel (and day or month). Amounts in 元; refunds and reversals stand on their own date."""

    channel: str
    on: date | None = None
    by_month: bool = False
    count: int = 0
    principal: Decimal = ZERO
    late_fee: Decimal = ZERO
    prepaid: Decimal = ZERO
    amount: Decimal = ZERO
    refund_count: int = 0
    refunded: Decimal = ZERO
    reversed: Decimal = ZERO
    total_net: Decimal = field(default=ZERO, repr=False)

    @property
    def name(self) -> str:
        return CHANNEL_LABELS[self.channel]

    @property
    def when(self) -> str:
        return "" if self.on is None else f"{self.on:%Y-%m}" if self.by_month else f"{self.on:%Y-%m-%d}"

    @property
    def net(self) -> Decimal:
        """What stayed: taken − refunded − reversed."""
        return self.amount - self.refunded - self.reversed

    @property
    def share(self) -> Decimal | None:
        return self.net / self.total_net if self.total_net else None


class ChannelTable(Table):
    """The columns of 缴费渠道统计."""

    name = Column("渠道")
    when = Column("日期")
    count = NumberColumn("笔数", total=True)
    principal = MoneyColumn("本金", total=True)
    late_fee = MoneyColumn("滞纳金", total=True)
    prepaid = MoneyColumn("预存", total=True)
    amount = MoneyColumn("收款合计", total=True)
    refund_count = NumberColumn("退费笔数", total=True)
    refunded = MoneyColumn("退费金额", total=True)
    reversed = MoneyColumn("冲正", total=True)
    net = MoneyColumn("净额", total=True)
    share = PercentColumn("占比")


SUMS = {
    "count": Count("pk"),
    "principal": Sum("principal"),
    "late_fee": Sum("late_fee"),
    "prepaid": Sum("prepaid"),
    "amount": Sum("amount"),
}


class Channels(Report):
    """Payments by channel; time is the day of the payment's success."""

    code, title, order = "channels", "缴费渠道统计", 10
    question, table = ChannelQuestion, ChannelTable

    def answer(self, user: User, **asked: Any) -> Answer:
        taken = Payment.objects.visible_to(user, self.permission).filter(
            state__in=(PaymentState.SUCCEEDED, PaymentState.REVERSED)
        )
        taken = narrowed(taken.exclude(channel=UNREAL), asked)
        back = Reversal.objects.filter(payment__in=narrowed(taken.filter(state=PaymentState.REVERSED), asked))
        rows: dict[tuple[str, date | None], ChannelRow] = {}
        period = asked.get("period") or "total"
        for found in grouped(spanned(taken, asked), period, "channel", **SUMS):
            row = row_of(rows, found, "channel", period)
            for name in SUMS:
                setattr(row, name, found[name])
        for found in grouped(spanned(back, asked), period, "payment__channel", total=Sum("payment__amount")):
            row_of(rows, found, "payment__channel", period).reversed = found["total"]
        order = {code: index for index, code in enumerate(CHANNEL_LABELS)}
        listed = sorted(rows.values(), key=lambda r: (r.on or date.min, order[r.channel]))
        return Answer(listed, totals(listed))


def narrowed(rows: Any, asked: dict[str, Any]) -> Any:
    """Apply 名称, 计费方式 and 机构 to payments."""
    if name := asked.get("name"):
        codes = [code for code, label in CHANNEL_LABELS.items() if name.strip().lower() in label.lower()]
        rows = rows.filter(channel__in=codes)
    if method := asked.get("method"):
        paid = Allocation.objects.filter(order__version__method=method).order_by().values("payment_id")
        rows = rows.filter(pk__in=paid)
    if office := asked.get("office"):
        below = Office.objects.below(office).values("pk")
        rows = rows.filter(Q(office_id__in=below) | Q(site_id__in=below))
    return rows


def spanned(rows: Any, asked: dict[str, Any]) -> Any:
    """Apply 时间阶段 to the rows' own day."""
    if asked.get("since"):
        rows = rows.filter(on__gte=asked["since"])
    return rows.filter(on__lte=asked["until"]) if asked.get("until") else rows


def grouped(rows: Any, period: str, channel: str, **sums: Any) -> Any:
    """Group by channel and by day, month, or not by time at all."""
    keys = [channel]
    if period == "day":
        keys.append("on")
    elif period == "month":
        rows, keys = rows.annotate(month=TruncMonth("on")), [channel, "month"]
    return rows.order_by().values(*keys).annotate(**sums)


def row_of(rows: dict[Any, ChannelRow], found: dict[str, Any], channel: str, period: str) -> ChannelRow:
    """Return the row that `found` belongs to."""
    on = found.get("on") or found.get("month")
    return rows.setdefault((found[channel], on), ChannelRow(found[channel], on, by_month=period == "month"))


def totals(rows: list[ChannelRow]) -> dict[str, Any]:
    """Sum the shown rows (a handful: channels × days) and give each its share."""
    sums: dict[str, Any] = defaultdict(Decimal)
    for row in rows:
        for column in ChannelTable.columns:
            if column.total:
                sums[column.name] += column.value(row)
    for row in rows:
        row.total_net = sums["net"]
    for name in ("count", "refund_count"):
        sums[name] = int(sums[name])
    return dict(sums)
