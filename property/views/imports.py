"""户室导入 and 业主导入."""

from heating.imports.pages import ImportPages

CRUMBS = (("基础信息管理", ""),)


class RoomImport(ImportPages):
    kind, permission, stem, crumbs = "rooms", "property.import_room", "property:room", CRUMBS


class OwnerImport(ImportPages):
    kind, permission, stem, crumbs = "owners", "property.import_owner", "property:owner", CRUMBS
