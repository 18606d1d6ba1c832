"""Exact decimal arithmetic: rounded half up, once per line. No Django here, so that `rules` may use it."""

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
MAX_AMOUNT = Decimal("99999999.99")
# Wide enough for every product of our columns: nothing is rounded before `fen`.
EXACT = Context(prec=80, rounding=ROUND_HALF_UP)


def fen(amount: Decimal) -> Decimal:
    """Round an exact amount in 元 half up to 0.01."""
    return amount.quantize(CENT, context=EXACT)


def product(*factors: Decimal | int) -> Decimal:
    """Multiply without rounding."""
    return reduce(lambda a, b: EXACT.multiply(a, Decimal(b)), factors, Decimal(1))


def share(numerator: Decimal, denominator: Decimal | int) -> Decimal:
    """Round `numerator` / `denominator` (neither negative) half up to 0.01, from the exact quotient."""
    whole, rest = EXACT.divmod(EXACT.scaleb(numerator, 2), Decimal(denominator))
    if EXACT.multiply(rest, Decimal(2)) >= denominator:
        whole += 1
    return whole.scaleb(-2).quantize(CENT, context=EXACT)


def plain(number: Decimal | int) -> str:
    """Return a number as text without needless zeros: 24.0000 → 24, 89.50 → 89.5."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
