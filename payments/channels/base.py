"""What a channel is told and what it answers. A channel translates; it touches no model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from payments.states import PaymentState


@dataclass(frozen=True)
class Instruction:
    """One order to a channel: charge or give back `amount` 元 under our `number` (≤ 32 letters and digits)."""

    number: str
    amount: Decimal
    subject: str = ""
    auth_code: str = ""
    client_ip: str = ""
    refund_number: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a channel reported, believed only when verified. `amount` in 元, `at` the channel's own success time."""

    number: str
    state: PaymentState
    amount: Decimal | None = None
    transaction_id: str = ""
    at: datetime | None = None
    code_url: str = ""
    message: str = ""


class Channel(Protocol):
    """The face of every channel. `immediate`: the result is known at the counter, no network is asked."""

    code: str
    label: str
    immediate: bool
    key: str  # the F-key on the cashier's page
    account: str  # the ledger account that holds the money

    def start(self, instruction: Instruction, *, now: datetime) -> Outcome:
        """Ask for the money."""

    def refund(self, instruction: Instruction, *, now: datetime) -> Outcome:
        """Give money back."""
