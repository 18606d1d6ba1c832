"""One payment over several orders, oldest first (docs/tariff.md)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from heating.kit.rounding import ZERO


class Debt(NamedTuple):
    """What one order still owes: `principal` and `late` fee in 元; `key` names the order."""

    key: int
    principal: Decimal
    late: Decimal


class Part(NamedTuple):
    """A part of the payment for the order `key`; `late` says that it pays the late fee."""

    key: int
    late: bool
    amount: Decimal


def split(amount: Decimal, debts: Iterable[Debt], *, late_first: bool = False) -> tuple[list[Part], Decimal]:
    """Put `amount` to `debts` in their order and return the parts and the surplus (for 预存款).

    Inside an order the principal comes first, or the late fee with `late_first` (parameter 冲抵顺序).
    """
    parts: list[Part] = []
    for debt in debts:
        owed = [(False, debt.principal), (True, debt.late)]
        for late, wanted in reversed(owed) if late_first else owed:
            taken = min(amount, wanted)
            if taken > 0:
                parts.append(Part(debt.key, late, taken))
                amount -= taken
    return parts, max(amount, ZERO)
