"""Pages of the cashier's window and of receipts."""

from payments.views.counter import CounterPage, CounterSearch, PayPage, TillPage
from payments.views.orders import OrderDetail
from payments.views.receipts import DonePage, PrintPage, ReversePage

__all__ = ["CounterPage", "CounterSearch", "DonePage", "OrderDetail", "PayPage", "PrintPage", "ReversePage", "TillPage"]
