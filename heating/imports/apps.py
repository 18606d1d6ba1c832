from django.apps import AppConfig, apps
from django.utils.module_loading import import_string

from heating.imports.importer import register_importer


class ImportsConfig(AppConfig):
    name = "heating.imports"
    label = "imports"
    verbose_name = "导入"

    def ready(self) -> None:
        # The importers stand in apps further right; each app lists its own classes in `importers` of its AppConfig.
        for config in apps.get_app_configs():
            for path in getattr(config, "importers", ()):
                register_importer(import_string(path)())
