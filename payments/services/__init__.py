"""Money in: the only writers of payments, receipts and reversals."""

from payments.services.receipts import print_receipt
from payments.services.reverse import reverse_payment
from payments.services.take import take_payment

__all__ = ["print_receipt", "reverse_payment", "take_payment"]
