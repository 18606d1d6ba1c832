"""角色管理 and 用户管理 in the menu."""

from heating.kit.menu import Entry

MENU = (
    Entry("系统设置", "角色管理", "accounts:role-list", "accounts.view_role", 20),
    Entry("系统设置", "用户管理", "accounts:user-list", "accounts.view_user", 30),
    Entry("系统设置", "权限查询", "accounts:access", "accounts.view_user", 80),
    Entry("系统设置", "用户导入", "accounts:user-import", "accounts.add_user", 35),
)
