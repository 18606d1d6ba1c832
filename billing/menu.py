"""户室列表 in the menu: it stands with the places, but shows what rooms owe."""

from heating.kit.menu import Entry

MENU = (Entry("基础信息管理", "户室列表", "billing:room-list", "property.view_room", 50, "小区基础信息"),)
