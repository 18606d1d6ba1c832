"""Payment channels: one file each, switched on by one entry in `CHANNELS`; docs/extending.md shows how."""

from heating.kit.errors import Refusal
from payments.channels.base import Channel
from payments.channels.cash import Cash
from payments.states import CHANNEL_LABELS

CHANNELS: list[Channel] = [Cash()]
CHANNEL_LABELS |= {one.code: one.label for one in CHANNELS}


def channel_of(code: str) -> Channel:
    """Return the channel `code`; `Refusal` when it is not switched on."""
    for one in CHANNELS:
        if one.code == code:
            return one
    raise Refusal("该支付方式未开通", field="channel")


def switched_on() -> list[Channel]:
    """Return the channels that are switched on, in their order at the counter."""
    return list(CHANNELS)
