"""业主导入."""

from heating.jobs.pages import ImportBatch, ImportCommit, ImportErrors, ImportTemplate, ImportUndo, ImportUpload

CRUMBS = (("基础信息管理", ""),)


class OwnerUpload(ImportUpload):
    kind, permission, stem, crumbs = "owners", "property.import_owner", "property:owner", CRUMBS


class OwnerTemplate(ImportTemplate):
    kind, permission, stem, crumbs = "owners", "property.import_owner", "property:owner", CRUMBS


class OwnerBatch(ImportBatch):
    kind, permission, stem, crumbs = "owners", "property.import_owner", "property:owner", CRUMBS


class OwnerCommit(ImportCommit):
    kind, permission, stem, crumbs = "owners", "property.import_owner", "property:owner", CRUMBS


class OwnerUndo(ImportUndo):
    kind, permission, stem, crumbs = "owners", "property.import_owner", "property:owner", CRUMBS


class OwnerErrors(ImportErrors):
    kind, permission, stem, crumbs = "owners", "property.import_owner", "property:owner", CRUMBS
