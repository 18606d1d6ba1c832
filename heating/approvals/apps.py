from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ApprovalsConfig(AppConfig):
    name = "heating.approvals"
    label = "approvals"
    verbose_name = "审批"

    def ready(self) -> None:
        # The apps stand further right and must not be imported from here; each lists its kinds in `<app>/approvals`.
        autodiscover_modules("approvals")
