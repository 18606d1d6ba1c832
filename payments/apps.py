from django.apps import AppConfig

from billing.registry import ROOMS_IN_USE
from heating.audit.books import register_sealed
from payments import channels  # noqa: F401  The channels add their labels.
from payments.books import SEALED


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    verbose_name = "缴费管理"

    def ready(self) -> None:
        register_sealed(*SEALED)
        ROOMS_IN_USE["其中 {} 户已有缴费记录"] = "SELECT count(*) FROM payments_payment WHERE room_id IN ({rooms})"
