"""Orders, 待退款, the room import and the approvals in the menu."""

from heating.kit.menu import Entry

MODULE = "基础信息管理"
MENU = (
    Entry(MODULE, "业主变更审批", "billing:change-list", "property.view_changerequest", 70),
    Entry(MODULE, "户室变更审批", "billing:room-change-list", "property.view_changerequest", 80),
    Entry("缴费管理", "缴费订单管理", "billing:order-list", "billing.view_order", 20),
    Entry("缴费管理", "待退款", "billing:excess-list", "billing.view_excess", 60),
)
