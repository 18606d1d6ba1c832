"""系统状态 in the menu."""

from heating.kit.menu import Entry

MENU = (Entry("系统设置", "系统状态", "system-status", "heating.view_system_status", 90),)
