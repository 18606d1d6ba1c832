"""缴费渠道统计."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from django import forms
from django.db.models import Count, Sum

from accounts.models import User
from billing.models import Allocation
from billing.states import ChargeMethod
from heating.kit.money import ZERO
from heating.kit.tables import Column, MoneyColumn, NumberColumn, PercentColumn, Table
from payments.models import Payment, Reversal
from payments.states import CHANNEL_LABELS, ChannelCode, PaymentState
from reports.base import Answer, Report
from reports.forms import PeriodQuestion, choices
from reports.queries import by_period, narrow, ratio

SUMS = {"count": Count("pk")} | {name: Sum(name) for name in ("principal", "late_fee", "prepaid", "amount")}
NOTHING = dict.fromkeys(("count", "refund_count"), 0) | dict.fromkeys(
    ("principal", "late_fee", "prepaid", "amount", "refunded", "reversed"), ZERO
)


class ChannelQuestion(PeriodQuestion):
    """名称, 计费方式, 时间阶段, 机构."""

    field_order = ("name", "method", "since", "until", "office", "period")
    name = forms.CharField(label="名称（渠道名称）", required=False, max_length=20)
    method = forms.ChoiceField(label="计费方式", required=False, choices=choices(ChargeMethod.choices))


class ChannelTable(Table):
    """One channel (and day or month) a row. Amounts in 元; refunds and reversals stand on their own date."""

    name = Column("渠道", lambda row: CHANNEL_LABELS[row.channel])
    when = Column("日期")
    count = NumberColumn("笔数", total=True)
    principal = MoneyColumn("本金", total=True)
    late_fee = MoneyColumn("滞纳金", total=True)
    prepaid = MoneyColumn("预存", total=True)
    amount = MoneyColumn("收款合计", total=True)
    refund_count = NumberColumn("退费笔数", total=True)
    refunded = MoneyColumn("退费金额", total=True)
    reversed = MoneyColumn("冲正", total=True)
    net = MoneyColumn("净额", lambda row: row.amount - row.refunded - row.reversed, total=True)
    share = PercentColumn("占比")


class Channels(Report):
    """Payments by channel; time is the day of the payment's success."""

    code, title, order = "channels", "缴费渠道统计", 10
    question, table = ChannelQuestion, ChannelTable

    def answer(self, user: User, **asked: Any) -> Answer:
        taken = Payment.objects.visible_to(user, self.permission).filter(
            state__in=(PaymentState.SUCCEEDED, PaymentState.REVERSED)
        )
        # A payment from 预存款 moves money that was counted when it was prepaid.
        taken = self.narrowed(taken.exclude(channel=ChannelCode.PREPAID), asked)
        back = Reversal.objects.filter(payment__in=taken.filter(state=PaymentState.REVERSED))
        rows: dict[tuple[str, date | None], SimpleNamespace] = {}
        for found in by_period(taken, asked, "channel", **SUMS):
            row = self.row(rows, found, "channel")
            for name in SUMS:
                setattr(row, name, found[name])
        for found in by_period(back, asked, "payment__channel", total=Sum("payment__amount")):
            self.row(rows, found, "payment__channel").reversed = found["total"]
        codes = list(CHANNEL_LABELS)
        listed = sorted(rows.values(), key=lambda row: (row.when, codes.index(row.channel)))
        totals = self.totals(listed)
        for row in listed:
            row.share = ratio(ChannelTable.net.value(row), totals["net"])
        return Answer(listed, totals)

    def narrowed(self, payments: Any, asked: dict[str, Any]) -> Any:
        """Apply 名称, 计费方式 and 机构."""
        if name := asked.get("name"):
            alike = [code for code, label in CHANNEL_LABELS.items() if name.strip().lower() in label.lower()]
            payments = payments.filter(channel__in=alike)
        if method := asked.get("method"):
            paid = Allocation.objects.filter(order__version__method=method).order_by().values("payment_id")
            payments = payments.filter(pk__in=paid)
        return narrow(payments, asked, {}, offices=("office_id", "site_id"))

    def row(self, rows: dict[Any, SimpleNamespace], found: dict[str, Any], channel: str) -> SimpleNamespace:
        """Return the row that `found` belongs to."""
        day, month = found.get("on"), found.get("month")
        when = f"{day:%Y-%m-%d}" if day else f"{month:%Y-%m}" if month else ""
        new = SimpleNamespace(channel=found[channel], when=when, **NOTHING)
        return rows.setdefault((found[channel], day or month), new)
