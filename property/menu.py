"""基础信息管理 in the menu."""

from heating.kit.menu import Entry

MODULE, GROUP = "基础信息管理", "小区基础信息"
MENU = (
    Entry(MODULE, "业主信息", "property:owner-list", "property.view_owner", 10),
    Entry(MODULE, "业主导入", "property:owner-import", "property.import_owner", 15),
    Entry(MODULE, "业主变更审批", "property:change-list", "property.view_changerequest", 70),
    Entry(MODULE, "户室变更审批", "property:room-change-list", "property.view_changerequest", 80),
    Entry(MODULE, "户室列表", "property:room-list", "property.view_room", 50, GROUP),
    Entry(MODULE, "户室导入", "property:room-import", "property.import_room", 60),
    Entry(MODULE, "小区结构", "property:place-tree", "property.view_community", 55, GROUP),
    Entry(MODULE, "小区列表", "property:community-list", "property.view_community", 20, GROUP),
    Entry(MODULE, "楼幢列表", "property:building-list", "property.view_building", 30, GROUP),
    Entry(MODULE, "单元列表", "property:unit-list", "property.view_unit", 40, GROUP),
)
