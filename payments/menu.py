"""缴费管理 in the menu."""

from heating.kit.menu import Entry

MENU = (
    Entry("缴费管理", "缴费台", "payments:counter", "payments.take_payment", 10),
    Entry("缴费管理", "缴费记录查询", "payments:payment-list", "payments.view_payment", 30),
)
