"""Pages of the cashier's window and of receipts."""

from payments.views.counter import CounterPage, CounterSearch, PayPage, TillPage
from payments.views.receipts import DonePage, PrintPage, ReversePage

__all__ = ["CounterPage", "CounterSearch", "DonePage", "PayPage", "PrintPage", "ReversePage", "TillPage"]
