"""现金: the cashier's word is the result."""

from datetime import datetime

from billing.states import Account
from payments.channels.base import Instruction, Outcome
from payments.states import ChannelCode, PaymentState


class Cash:
    """Money in the drawer."""

    code = ChannelCode.CASH.value
    label = ChannelCode.CASH.label
    immediate = True
    key = "F6"
    account = Account.CASH.value

    def start(self, instruction: Instruction, *, now: datetime) -> Outcome:
        """Cash is taken before the button is pressed."""
        return Outcome(instruction.number, PaymentState.SUCCEEDED, instruction.amount, at=now)

    def refund(self, instruction: Instruction, *, now: datetime) -> Outcome:
        """Cash goes back over the counter."""
        return Outcome(instruction.refund_number, PaymentState.SUCCEEDED, instruction.amount, at=now)
