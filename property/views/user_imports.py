"""用户导入: it stands here because 辖区小区 are places."""

from heating.jobs.pages import ImportBatch, ImportCommit, ImportErrors, ImportTemplate, ImportUndo, ImportUpload

CRUMBS = (("系统设置", ""), ("用户管理", "accounts:user-list"))


class UserUpload(ImportUpload):
    kind, permission, stem, crumbs = "users", "accounts.add_user", "property:user", CRUMBS


class UserTemplate(ImportTemplate):
    kind, permission, stem, crumbs = "users", "accounts.add_user", "property:user", CRUMBS


class UserBatch(ImportBatch):
    """What a batch made has no passwords yet; the page says where they are given."""

    kind, permission, stem, crumbs = "users", "accounts.add_user", "property:user", CRUMBS
    template = "property/user_batch.html"


class UserCommit(ImportCommit):
    kind, permission, stem, crumbs = "users", "accounts.add_user", "property:user", CRUMBS


class UserUndo(ImportUndo):
    kind, permission, stem, crumbs = "users", "accounts.add_user", "property:user", CRUMBS

    def get_question(self) -> str:
        return f"撤销“{self.object.file_name}”的导入？本批次新建的用户都会删除。"


class UserErrors(ImportErrors):
    kind, permission, stem, crumbs = "users", "accounts.add_user", "property:user", CRUMBS
