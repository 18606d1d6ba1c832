"""Payment channels: one file each, switched on by one entry in `settings.PAYMENT_CHANNELS` (house.md §7)."""

from django.conf import settings
from django.utils.module_loading import import_string

from heating.kit.errors import Refusal
from payments.channels.base import Channel


def channel(code: str) -> Channel:
    """Return the channel `code`; `Refusal` when it is not switched on."""
    path = settings.PAYMENT_CHANNELS.get(code)
    if path is None:
        raise Refusal("该支付方式未开通", field="channel")
    return import_string(path)()


def switched_on() -> list[Channel]:
    """Return the channels that are switched on, in the order of the settings."""
    return [import_string(path)() for path in settings.PAYMENT_CHANNELS.values()]
