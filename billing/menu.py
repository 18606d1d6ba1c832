"""Orders, 待退款 and the room import in the menu."""

from heating.kit.menu import Entry

MODULE = "基础信息管理"
MENU = (
    Entry("缴费管理", "缴费订单管理", "billing:order-list", "billing.view_order", 20),
    Entry("缴费管理", "待退款", "billing:excess-list", "billing.view_excess", 60),
)
