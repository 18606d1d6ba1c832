"""系统设置 in the menu: offices, parameters, dictionaries."""

from heating.kit.menu import Entry

MODULE = "系统设置"
MENU = (
    Entry(MODULE, "机构管理", "org:office-list", "org.view_office", 10),
    Entry(MODULE, "参数设置", "org:parameter-list", "org.view_parameter", 40),
    Entry(MODULE, "字典管理", "org:dictentry-list", "org.view_dictentry", 50),
)
