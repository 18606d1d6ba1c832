"""One order: what it asks for, where it came from, what was paid."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from billing.models import Allocation, Order
from billing.queries import quote
from billing.states import ORDER_COLOURS
from heating.kit.pages import Action, DetailPage, Section
from heating.kit.tables import AreaColumn, BadgeColumn, Column, DateColumn, MoneyColumn, Table


class AllocationTable(Table):
    """What was put to the order, and taken back."""

    on = DateColumn("日期")
    kind = Column("款项")
    direction = Column("方向")
    amount = MoneyColumn("金额")


def allocations(order: Order) -> Any:
    """Return the order's allocations, oldest first."""
    return Allocation.objects.filter(order=order).order_by("id")


class OrderDetail(DetailPage):
    """明细."""

    permission = "billing.view_order"
    template = "billing/order.html"
    model = Order
    queryset = Order.objects.select_related("season", "version__product", "office", "contract", "room", "owner")
    crumbs = (("缴费管理", ""), ("缴费订单管理", "billing:order-list"))
    sections = (
        Section(
            "订单",
            facts=(
                Column("订单号", "number"),
                BadgeColumn("状态", "state", colours=ORDER_COLOURS),
                Column("采暖季", "season.name"),
                Column("费用类别", "fee_kind"),
                Column("缴费账号", "account_no"),
                Column("业主", "owner_name"),
                Column("类型", "owner_kind"),
                Column("地址", "address"),
                Column("机构", "office.name"),
                Column("产品", lambda o: f"{o.version.product} 版本 {o.version.number}" if o.version else "—"),
                Column("合同号", "contract.number"),
                DateColumn("计价日", "priced_on"),
                DateColumn("逾期起算日", "overdue_from"),
                Column("备注", "note"),
            ),
        ),
        Section(
            "金额",
            facts=(
                AreaColumn("建筑面积", "floor_area"),
                AreaColumn("超高面积", "over_area"),
                AreaColumn("计费面积", "charge_area"),
                MoneyColumn("标准热力费", "standard_fee"),
                Column("计费类别", "line"),
                MoneyColumn("计费金额", "line_amount"),
                MoneyColumn("优惠", "discount"),
                MoneyColumn("应缴本金", "principal"),
                MoneyColumn("滞纳金", "late_accrued"),
                MoneyColumn("已减免滞纳金", "late_waived"),
                MoneyColumn("已缴本金", "paid"),
                MoneyColumn("已缴滞纳金", "late_paid"),
                MoneyColumn("欠费", "due"),
            ),
        ),
        Section("缴费", table=AllocationTable, rows=allocations, empty="尚未缴费"),
    )
    actions = (Action("缴费", "payments:order-pay", "payments.take_payment", lambda o: o.due > 0, style="primary"),)

    def get_title(self) -> str:
        return f"订单 {self.object.number}"

    def extra(self) -> dict[str, Any]:
        return {"quote": quote(self.object, timezone.localdate())}
