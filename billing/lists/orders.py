"""缴费订单管理."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import F, Q, Sum
from django.utils import timezone

from billing.models import Order
from billing.states import ORDER_COLOURS, OrderState
from heating.kit.filters import DayFilter, ExactFilter, TextFilter, WordFilter, YearFilter
from heating.kit.pages import ListPage
from heating.kit.tables import AreaColumn, BadgeColumn, Column, MoneyColumn, RowAction, Table
from org.fields import OfficeFilter
from payments.states import CHANNEL_LABELS
from property.states import OwnerKind

OVERDUE = (("yes", "逾期"), ("no", "未逾期"))


class OrderFilter(django_filters.FilterSet):
    """The manual's conditions first (机构, 业主姓名, 账号, 类型, 缴费年度, …)."""

    primary = ("office", "owner", "account", "kind", "year", "number")

    office = OfficeFilter(field_names=("office_id",), permission="billing.view_order")
    owner = TextFilter("owner_name", label="业主姓名")
    account = TextFilter("account_no", label="账号", lookup_expr="startswith")
    kind = WordFilter("owner_kind", label="类型", choices=OwnerKind.choices)
    year = YearFilter("season__year", label="缴费年度")
    number = ExactFilter("number", label="订单号")
    paid_from = DayFilter("last_paid_on", lookup_expr="gte", label="缴费日期从")
    paid_to = DayFilter("last_paid_on", lookup_expr="lte", label="缴费日期到")
    state = WordFilter("state", label="缴费状态", choices=OrderState.choices)
    channel = WordFilter("last_channel", label="缴费方式", choices=[*CHANNEL_LABELS.items()])
    community = TextFilter("community__name", label="小区")
    building = TextFilter("building__name", label="楼幢")
    unit = TextFilter("room__unit__name", label="单元")
    overdue = WordFilter(label="逾期", choices=OVERDUE, method="by_overdue")

    def by_overdue(self, queryset: Any, name: str, value: str) -> Any:
        late = Q(overdue_from__lte=timezone.localdate(), due__gt=0)
        return queryset.filter(late) if value == "yes" else queryset.exclude(late)


def is_overdue(order: Order) -> bool:
    """逾期 is a flag of the day, not a state."""
    return bool(order.due > 0 and order.overdue_from and order.overdue_from <= timezone.localdate())


class OrderTable(Table):
    """The columns of 缴费订单管理."""

    number = Column("订单号", link="billing:order-detail", width=20)
    account = Column("账号", "account_no")
    owner = Column("业主", "owner_name", key=True)
    kind = Column("类型", "owner_kind", width=8, folded=True)
    address = Column("地址", sort="room__sort_key", width=28)
    season = Column("采暖季", "season.name", sort="season__year", width=10)
    line = Column("计费类别", width=8, folded=True)
    area = AreaColumn("面积", "charge_area", folded=True)
    principal = MoneyColumn("应缴本金", total=True)
    discount = MoneyColumn("优惠", total=True, folded=True)
    late = MoneyColumn("滞纳金", "late_accrued", total=True)
    paid = MoneyColumn("已缴", lambda order: order.paid + order.late_paid, sort="paid", total=True)
    due = MoneyColumn("欠费", total=True, key=True)
    state = BadgeColumn("状态", colours=ORDER_COLOURS, width=10, key=True)
    overdue = Column("逾期", lambda order: "逾期" if is_overdue(order) else "", sort=False, width=8, folded=True)

    menu = "编辑"

    actions = (
        RowAction("缴费", "payments:order-pay", "payments.take_payment", lambda order: order.due > 0),
        RowAction("明细", "billing:order-detail", "billing.view_order"),
    )

    def totals(self, queryset: Any) -> dict[str, Decimal]:
        return order_totals(queryset)

    @staticmethod
    def row_class(row: Order) -> str:
        return "overdue" if is_overdue(row) else ""


def order_totals(queryset: Any) -> dict[str, Decimal]:
    """Sum the orders that count; void and refunded ones are listed but owe nothing."""
    return (
        queryset.alive()
        .order_by()
        .aggregate(
            principal=Sum("principal"),
            discount=Sum("discount"),
            late=Sum("late_accrued"),
            paid=Sum(F("paid") + F("late_paid")),
            due=Sum("due"),
        )
    )


class OrderList(ListPage):
    """缴费订单管理: 编辑 > 缴费 leads to the room's bill."""

    title, permission = "缴费订单管理", "billing.view_order"
    crumbs = (("缴费管理", ""),)
    model = Order
    queryset = Order.objects.select_related("season", "room")
    filterset, table = OrderFilter, OrderTable
    empty = "没有符合条件的订单。订单由户室导入或签约审批生成。"
