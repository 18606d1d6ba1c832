"""The invariants of the books as SQL that must return no row; `manage.py check_books` asks them."""

from collections.abc import Collection

from reports.books.events import EVENTS
from reports.books.invariant import Finding, Invariant, ask
from reports.books.money import MONEY
from reports.books.orders import ORDERS
from reports.books.origins import ORIGINS
from reports.books.payments import PAYMENTS
from reports.books.receipts import RECEIPTS
from reports.books.states import STATES

INVARIANTS = (*MONEY, *PAYMENTS, *EVENTS, *ORDERS, *ORIGINS, *STATES, *RECEIPTS)

__all__ = ["INVARIANTS", "Finding", "Invariant", "check_books"]


def check_books(only: Collection[str] = (), *, limit: int = 20) -> list[Finding]:
    """Ask all invariants, or those whose code is in `only`; keeps at most `limit` offending rows of each."""
    return [ask(invariant, limit=limit) for invariant in INVARIANTS if not only or invariant.code in only]
