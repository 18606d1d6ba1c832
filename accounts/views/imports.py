"""用户导入."""

from heating.imports.pages import ImportPages


class UserImport(ImportPages):
    """What a batch made has no passwords yet; its page says where they are given."""

    kind, permission, stem = "users", "accounts.add_user", "accounts:user"
    crumbs = (("系统设置", ""), ("用户管理", "accounts:user-list"))
    batch_template = "accounts/user_import.html"
