"""户室导入."""

from heating.jobs.pages import ImportBatch, ImportCommit, ImportErrors, ImportTemplate, ImportUndo, ImportUpload

CRUMBS = (("基础信息管理", ""),)


class RoomUpload(ImportUpload):
    kind, permission, stem, crumbs = "rooms", "property.import_room", "billing:room", CRUMBS


class RoomTemplate(ImportTemplate):
    kind, permission, stem, crumbs = "rooms", "property.import_room", "billing:room", CRUMBS


class RoomBatch(ImportBatch):
    kind, permission, stem, crumbs = "rooms", "property.import_room", "billing:room", CRUMBS


class RoomCommit(ImportCommit):
    kind, permission, stem, crumbs = "rooms", "property.import_room", "billing:room", CRUMBS


class RoomUndo(ImportUndo):
    kind, permission, stem, crumbs = "rooms", "property.import_room", "billing:room", CRUMBS


class RoomErrors(ImportErrors):
    kind, permission, stem, crumbs = "rooms", "property.import_room", "billing:room", CRUMBS
