from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core.checks import Tags, register
from django.utils.module_loading import import_string

from accounts.registry import STANDARD_ROLES

# They need the models, which are not there yet when this module is read.
DATABASE_CHECKS = ("heating.checks.durable_database", "heating.checks.right_database")


class HeatingConfig(AppConfig):
    name = "heating"
    label = "heating"
    verbose_name = "基础"

    def ready(self) -> None:
        for check in DATABASE_CHECKS:
            register(import_string(check), Tags.database)
        STANDARD_ROLES.update(import_string("heating.standard_roles.JOBS"))
        register(import_string("heating.checks.safe_deployment"), Tags.security, deploy=True)


class BackOfficeConfig(admin_apps.AdminConfig):
    """Django's admin with our own site: /admin/ has no sign-in of its own."""

    default = False
    default_site = "heating.backoffice.BackOffice"
