from django.apps import AppConfig
from django.utils.module_loading import import_string

from heating.kit.exports import EXPORT_RECORDERS


class AuditConfig(AppConfig):
    name = "heating.audit"
    label = "audit"
    verbose_name = "操作日志"

    def ready(self) -> None:
        # It needs the models, which are not there yet when this module is read.
        EXPORT_RECORDERS.append(import_string("heating.audit.services.records.record_export"))
