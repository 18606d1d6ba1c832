from django.apps import AppConfig

from heating.audit.books import register_sealed
from org.books import RECORDS


class OrgConfig(AppConfig):
    name = "org"
    label = "org"
    verbose_name = "机构"

    def ready(self) -> None:
        register_sealed(RECORDS)
