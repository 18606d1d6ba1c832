"""待退款: money that is owed back and that no account may use (转出 at 过户)."""

from __future__ import annotations

import django_filters

from billing.models import Excess
from heating.kit.filters import DayFilter, ExactFilter, TextFilter
from heating.kit.pages import ListPage
from heating.kit.tables import Column, DateColumn, MoneyColumn, Table


class ExcessFilter(django_filters.FilterSet):
    """账号, 业主, 日期."""

    account = ExactFilter("account_no", label="缴费账号")
    owner = TextFilter("owner_name", label="应退业主")
    since = DayFilter("on", lookup_expr="gte", label="日期从")
    until = DayFilter("on", lookup_expr="lte", label="日期到")


class ExcessTable(Table):
    account = Column("缴费账号", "account_no")
    owner = Column("应退业主", "owner_name")
    address = Column("地址", width=30)
    amount = MoneyColumn("挂账金额", total=True)
    returned = MoneyColumn("已退", total=True)
    on = DateColumn("挂账日期")
    reason = Column("原因", width=28)


class ExcessList(ListPage):
    """What waits to be paid back to earlier owners."""

    title, permission, model = "待退款", "billing.view_excess", Excess
    crumbs = (("缴费管理", ""),)
    queryset = Excess.objects.all()
    filterset, table = ExcessFilter, ExcessTable
    empty = "没有待退款项"
