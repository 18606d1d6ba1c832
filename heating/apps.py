from django.apps import AppConfig
from django.core.checks import Tags, register

from heating.checks import durable_database


class HeatingConfig(AppConfig):
    name = "heating"
    label = "heating"
    verbose_name = "基础"

    def ready(self) -> None:
        register(durable_database, Tags.database)
