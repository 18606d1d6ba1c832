"""业主信息, 户室列表 and the approvals in the menu: they stand with the places, but show what is owed."""

from heating.kit.menu import Entry

MODULE = "基础信息管理"
MENU = (
    Entry(MODULE, "业主信息", "billing:owner-list", "property.view_owner", 10),
    Entry(MODULE, "户室列表", "billing:room-list", "property.view_room", 50, "小区基础信息"),
    Entry(MODULE, "户室导入", "billing:room-import", "property.import_room", 60),
    Entry(MODULE, "业主变更审批", "billing:change-list", "property.view_changerequest", 70),
    Entry(MODULE, "户室变更审批", "billing:room-change-list", "property.view_changerequest", 80),
    Entry("缴费管理", "待退款", "billing:excess-list", "billing.view_excess", 60),
)
