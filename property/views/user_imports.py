"""用户导入: it stands here because 辖区小区 are places."""

from typing import Any

from heating.jobs.pages import (
    ImportBatch,
    ImportCommit,
    ImportErrors,
    ImportTemplate,
    ImportUndo,
    ImportUpload,
    UploadForm,
)

CRUMBS = (("系统设置", ""), ("用户管理", "accounts:user-list"))


class UserFile(UploadForm):
    """The file of a user import, which is shorter than the others."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].help_text = (
            ".xlsx 或 .xls，一次最多 2,000 个用户；机构可写上级（东城收费站/收费组），多个角色、小区用顿号分开；"
            "上传后先检查，不会写入任何数据"
        )


class UserUpload(ImportUpload):
    form_class = UserFile
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
