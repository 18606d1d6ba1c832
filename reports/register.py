"""The pages of one owner and of one room: what the register, the bills and the counter know of them."""

from __future__ import annotations

from typing import Any

from billing.lists.changes import COLOURS as CHANGE_COLOURS
from billing.models import Contract, Order
from billing.services.change_fields import label_of
from heating.kit.pages import Action, DetailPage, Section
from heating.kit.tables import AreaColumn, BadgeColumn, Column, MaskedColumn, MoneyColumn, Table
from payments.lists import ORDER_COLOURS, PAYMENT_COLOURS
from payments.models import Payment
from property.models import ChangeRequest, Room
from property.views.entry import OwnerDetail

CONTRACT_COLOURS = {"approved": "green", "pending": "orange", "rejected": "red", "terminated": "secondary"}


class ContractTable(Table):
    number = Column("合同号")
    season = Column("采暖季", "season.name")
    product = Column("产品", lambda c: f"{c.product} 版本 {c.version.number}")
    room = Column("户室", "room.address", width=30)
    owner = Column("业主", "owner.name")
    state = BadgeColumn("状态", colours=CONTRACT_COLOURS)


class OrderTable(Table):
    number = Column("订单号", link="payments:order-detail")
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
    number = Column("单号", link="billing:change-detail")
    kind = Column("类型")
    what = Column("变更项", lambda c: "、".join(filter(None, map(label_of, c.after))))
    person = Column("申请人", "submitted_by.name")
    at = Column("申请时间", "submitted_at")
    decided = Column("审批人", "decided_by.name")
    state = BadgeColumn("状态", colours=CHANGE_COLOURS)


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
    """Return the sections that owner and room share, each for the holders of its own verb."""

    def rows(name: str) -> Any:
        return lambda thing: related(**{key: thing})[name]

    return (
        Section("签约合同", table=ContractTable, rows=rows("contracts"), permission="billing.view_contract"),
        Section("缴费订单（各采暖季）", table=OrderTable, rows=rows("orders"), permission="billing.view_order"),
        Section("缴费记录", table=PaymentTable, rows=rows("payments"), permission="payments.view_payment"),
        Section("变更申请", table=ChangeTable, rows=rows("changes"), permission="property.view_changerequest"),
    )


class OwnerPage(OwnerDetail):
    """业主 with rooms, contracts, orders of all seasons, payments, requests."""

    sections = (*OwnerDetail.sections, *money_sections("owner"))
    actions = (
        Action("编辑", "billing:owner-change", "property.request_owner_change", style="primary"),
        *OwnerDetail.actions,
    )


class RoomPage(DetailPage):
    """户室 with contracts, orders of all seasons, payments, requests."""

    permission, model = "property.view_room", Room
    queryset = Room.objects.select_related("owner", "office", "community", "building", "unit", "prepayment")
    crumbs = (("基础信息管理", ""), ("小区基础信息", ""), ("户室列表", "billing:room-list"))
    sections = (
        Section(
            "户室",
            facts=(
                Column("缴费账号", "account_no"),
                Column("小区", "community.name"),
                Column("楼幢", "building.name"),
                Column("单元", "unit.name"),
                Column("户室号", "number"),
                Column("业主姓名", "owner.name"),
                MaskedColumn("业主电话", "owner.phone"),
                AreaColumn("建筑面积", "floor_area"),
                AreaColumn("户室面积", "inner_area"),
                AreaColumn("层高", "height"),
                Column("楼层", "floor"),
                Column("供热状态", "heat_state"),
                Column("热表号", "meter_no"),
                MoneyColumn("预存款余额", "prepayment.balance"),
                Column("所属机构", "office.name"),
                Column("备注", "note"),
            ),
        ),
        *money_sections("room"),
    )
    actions = (
        Action("缴费", "payments:till", "payments.take_payment", style="primary"),
        Action("面积变更", "billing:room-area", "property.request_room_change"),
        Action("过户", "billing:room-transfer", "property.request_room_change"),
        Action("变更记录", "property:room-history", "property.view_room"),
    )

    def get_title(self) -> str:
        return f"户室 {self.object.account_no}"
