"""机构管理 in the menu."""

from heating.kit.menu import Entry

MENU = (Entry("系统设置", "机构管理", "org:office-list", "org.view_office", 10),)
