"""What the pages of an owner and of a room both show: contracts, orders, payments and change requests."""

from __future__ import annotations

from typing import Any

from billing.models import Contract, Order
from billing.states import CONTRACT_COLOURS, ORDER_COLOURS
from heating.approvals.states import APPROVAL_COLOURS
from heating.kit.pages import Section
from heating.kit.tables import AreaColumn, BadgeColumn, Column, MoneyColumn, Table
from payments.models import Payment
from payments.states import PAYMENT_COLOURS
from property.models import ChangeRequest
from property.services.changes import change_of


class ContractTable(Table):
    number = Column("合同号")
    season = Column("采暖季", "season.name")
    product = Column("产品", lambda c: f"{c.product} 版本 {c.version.number}")
    room = Column("户室", "room.address", width=30)
    owner = Column("业主", "owner.name")
    state = BadgeColumn("状态", colours=CONTRACT_COLOURS)


class OrderTable(Table):
    number = Column("订单号", link="billing:order-detail")
    season = Column("采暖季", "season.name")
    owner = Column("业主", "owner_name")
    address = Column("地址", width=30)
    area = AreaColumn("计费面积", "charge_area")
    principal = MoneyColumn("应缴本金")
    late = MoneyColumn("滞纳金", "late_accrued")
    paid = MoneyColumn("已缴", lambda o: o.paid + o.late_paid)
    due = MoneyColumn("欠费")
    state = BadgeColumn("状态", colours=ORDER_COLOURS)


class PaymentTable(Table):
    receipt = Column("回单号", "receipt.number")
    paid_at = Column("缴费时间")
    account = Column("账号", "account_no")
    owner = Column("业主", "owner_name")
    seasons = Column("采暖季")
    amount = MoneyColumn("合计")
    channel = Column("渠道")
    cashier = Column("收费员", "cashier.name")
    state = BadgeColumn("状态", colours=PAYMENT_COLOURS)


class ChangeTable(Table):
    number = Column("单号", link="property:change-detail")
    kind = Column("类型")
    what = Column("变更项", lambda c: "、".join(change_of(c).readable_labels(c.after)))
    person = Column("申请人", "submitted_by.name")
    at = Column("申请时间", "submitted_at")
    decided = Column("审批人", "decided_by.name")
    state = BadgeColumn("状态", colours=APPROVAL_COLOURS)


def related(**key: Any) -> dict[str, Any]:
    """Return contracts, orders, payments and requests by one key of their room (payments have no owner)."""
    by_owner = {"room__owner" if k == "owner" else k: v for k, v in key.items()}
    changes = ChangeRequest.objects.select_related("submitted_by", "decided_by")
    return {
        "contracts": Contract.objects.filter(**key)
        .select_related("season", "product", "version", "room", "owner")
        .order_by("-season__year", "-id"),
        "orders": Order.objects.filter(**key).select_related("season").order_by("-season__year", "-id"),
        "payments": Payment.objects.filter(**by_owner).select_related("receipt", "cashier").order_by("-id"),
        "changes": changes.filter(**key),
    }


def money_sections(key: str) -> tuple[Section, ...]:
    """Return the sections that owner and room share, each for the holders of its own permission."""

    def rows(name: str) -> Any:
        return lambda thing: related(**{key: thing})[name]

    return (
        Section("签约合同", table=ContractTable, rows=rows("contracts"), permission="billing.view_contract"),
        Section("缴费订单（各采暖季）", table=OrderTable, rows=rows("orders"), permission="billing.view_order"),
        Section("缴费记录", table=PaymentTable, rows=rows("payments"), permission="payments.view_payment"),
        Section("变更申请", table=ChangeTable, rows=rows("changes"), permission="property.view_changerequest"),
    )
