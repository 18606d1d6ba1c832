from django.apps import AppConfig

from billing.books import SEALED
from heating.audit.books import register_sealed


class BillingConfig(AppConfig):
    name = "billing"
    label = "billing"
    verbose_name = "业务管理"
    importers = ("billing.imports.rooms.importer.RoomImporter",)

    def ready(self) -> None:
        register_sealed(*SEALED)
