from django.apps import AppConfig

from accounts.registry import PLACE_MODELS


class PropertyConfig(AppConfig):
    name = "property"
    label = "property"
    verbose_name = "基础信息"
    importers = ("property.imports.owners.OwnerImporter", "property.imports.users.UserImporter")

    def ready(self) -> None:
        PLACE_MODELS.update(community=self.get_model("Community"), building=self.get_model("Building"))
