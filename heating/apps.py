from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import Tags, register

from heating.checks import durable_database


class HeatingConfig(AppConfig):
    name = "heating"
    label = "heating"
    verbose_name = "基础"

    def ready(self) -> None:
        register(durable_database, Tags.database)


class BackOfficeConfig(admin_apps.AdminConfig):
    """Django's admin with our own site: /admin/ has no sign-in of its own."""

    default = False
    default_site = "heating.backoffice.BackOffice"
