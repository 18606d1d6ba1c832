"""缴费记录查询."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters

from billing.models import Allocation
from heating.kit.filters import DayFilter, TextFilter, WordFilter, YearFilter
from heating.kit.pages import ListPage
from heating.kit.tables import BadgeColumn, Column, MoneyColumn, RowAction, Table
from org.fields import OfficeFilter
from payments.models import Payment
from payments.states import CHANNEL_LABELS, PAYMENT_COLOURS, PaymentState
from property.states import OwnerKind


class PaymentFilter(django_filters.FilterSet):
    """The manual's conditions first (机构, 业主姓名, 账号, 类型, 缴费年度, …)."""

    primary = ("office", "owner", "account", "kind", "year", "paid_from", "paid_to")

    office = OfficeFilter(field_names=("office_id", "site_id"), permission="payments.view_payment")
    owner = TextFilter("owner_name", label="业主姓名")
    account = TextFilter("account_no", label="账号", lookup_expr="startswith")
    kind = WordFilter("owner_kind", label="类型", choices=OwnerKind.choices)
    year = YearFilter(label="缴费年度", method="by_year")
    paid_from = DayFilter("on", lookup_expr="gte", label="缴费日期从")
    paid_to = DayFilter("on", lookup_expr="lte", label="缴费日期到")
    channel = WordFilter("channel", label="渠道", choices=[*CHANNEL_LABELS.items()])
    cashier = TextFilter("cashier__name", label="收费员")
    receipt = TextFilter("receipt__number", label="回单号", lookup_expr="startswith")
    state = WordFilter("state", label="状态", choices=PaymentState.choices)

    def by_year(self, queryset: Any, name: str, value: int | None) -> Any:
        if value is None:
            return queryset
        paid = Allocation.objects.filter(order__season__year=value).order_by().values("payment_id")
        return queryset.filter(pk__in=paid)


class PaymentTable(Table):
    """The columns of 缴费记录; reversed payments are listed and do not count in the totals."""

    receipt = Column("回单号", "receipt.number", link="payments:payment-done", width=22)
    paid_at = Column("缴费时间", width=18)
    account = Column("账号", "account_no")
    owner = Column("业主", "owner_name", key=True)
    address = Column("地址", sort=False, width=32)
    seasons = Column("采暖季", sort=False, width=24, folded=True)
    principal = MoneyColumn("本金", total=True)
    late_fee = MoneyColumn("滞纳金", total=True)
    prepaid = MoneyColumn("预存", total=True, folded=True)
    amount = MoneyColumn("合计", total=True, key=True)
    channel = Column("渠道", width=8)
    transaction = Column("渠道流水号", "transaction_id", sort=False, width=24, folded=True)
    cashier = Column("收费员", "cashier.name")
    site = Column("站点", "site.name", width=16, folded=True)
    state = BadgeColumn("状态", colours=PAYMENT_COLOURS, width=10, key=True)

    actions = (RowAction("补打", "payments:payment-done", "payments.reprint_receipt"),)

    def totals(self, queryset: Any) -> dict[str, Decimal]:
        return super().totals(queryset.succeeded())


class PaymentList(ListPage):
    """缴费记录查询: read only; 导出 carries the conditions."""

    title, permission = "缴费记录查询", "payments.view_payment"
    crumbs = (("缴费管理", ""),)
    model = Payment
    queryset = Payment.objects.select_related("receipt", "cashier", "site")
    filterset, table = PaymentFilter, PaymentTable
    empty = "没有符合条件的缴费记录"
