"""缴费管理 in the menu."""

from heating.kit.menu import Entry

MENU = (Entry("缴费管理", "缴费台", "payments:counter", "payments.take_payment", 10),)
