"""What a room owes on a day, and why: the entry point of the rules (docs/tariff.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.rules.area import Areas, charge_area
from billing.rules.changes import next_change_on
from billing.rules.heat import Candidate, Chosen, candidates, choose, standard_fee
from billing.rules.late import Debt, Late, late_fee, late_from
from billing.rules.tariff import Inputs, LineName, Payment, Tariff
from heating.kit.rounding import ZERO


@dataclass(frozen=True, kw_only=True)
class Quote:
    """The figures of one order on day `on`, in 元.

    `principal` = line_amount − discount; `late` is what accrued; `principal_due` and `late_due` are still to pay;
    `surplus` is what was paid beyond both. `payable` says whether the window of the line has opened.
    """

    on: date
    tariff: Tariff
    inputs: Inputs
    areas: Areas
    standard_fee: Decimal
    lines: tuple[Candidate, ...]
    chosen: Chosen
    late_from: date | None
    late: Late
    paid: Decimal
    waived: Decimal
    closed_on: date | None
    principal_due: Decimal
    late_due: Decimal
    surplus: Decimal
    next_change_on: date | None

    @property
    def line(self) -> LineName:
        """The name of the fee line."""
        return self.chosen.candidate.line

    @property
    def line_amount(self) -> Decimal:
        """B, the fee line before discount."""
        return self.chosen.candidate.amount

    @property
    def discount(self) -> Decimal:
        """G."""
        return self.chosen.discount

    @property
    def principal(self) -> Decimal:
        """P = B − G (应缴本金)."""
        return self.chosen.principal

    @property
    def due(self) -> Decimal:
        """All that is still to pay."""
        return self.principal_due + self.late_due

    @property
    def payable_from(self) -> date:
        """The first day on which money is expected."""
        special = self.chosen.candidate.special
        return special.window_from if special else self.tariff.pay_from

    @property
    def payable(self) -> bool:
        return self.on >= self.payable_from

    @property
    def relief_saved(self) -> Decimal:
        """优抚减免额 for the subsidy claim: S − Y when the relief line counts (X11)."""
        return self.standard_fee - self.line_amount if self.line == "relief" else ZERO


def quote(
    tariff: Tariff, inputs: Inputs, *, on: date, payments: Sequence[Payment] = (), waived: Decimal = ZERO
) -> Quote:
    """Return what is owed on day `on`; payments after `on` do not count. `Refusal` when the area is missing.

    The first payment that reaches the principal of its day fixes line, discount and principal for good.
    """
    history = tuple(sorted(p for p in payments if p.on <= on))
    areas = charge_area(tariff, inputs)
    standard = standard_fee(tariff, inputs, areas.charge)
    lines = candidates(tariff, inputs, areas, standard)
    closed_on = closing_day(tariff, lines, history)
    chosen = choose(tariff, lines, closed_on or on)
    start = late_from(tariff, inputs)
    debt = Debt(chosen.candidate.amount, history, closed_on, tariff.late.base if tariff.late else "unpaid")
    late = late_fee(tariff.late, start, areas.charge, debt, on)
    principal_due, late_due, surplus = settle(chosen.principal, late.amount, waived, history)
    return Quote(
        on=on,
        tariff=tariff,
        inputs=inputs,
        areas=areas,
        standard_fee=standard,
        lines=lines,
        chosen=chosen,
        late_from=start,
        late=late,
        paid=sum((p.amount for p in history), ZERO),
        waived=waived,
        closed_on=closed_on,
        principal_due=principal_due,
        late_due=late_due,
        surplus=surplus,
        next_change_on=next_change_on(tariff, lines, start, debt, late, on),
    )


def closing_day(tariff: Tariff, lines: tuple[Candidate, ...], history: Sequence[Payment]) -> date | None:
    """Return the first payment day on which the principal of that day was covered."""
    paid = ZERO
    for index, payment in enumerate(history):
        paid += payment.amount - payment.late
        last_of_day = index + 1 == len(history) or history[index + 1].on != payment.on
        if last_of_day and paid >= choose(tariff, lines, payment.on).principal:
            return payment.on
    return None


def settle(
    principal: Decimal, late: Decimal, waived: Decimal, history: Sequence[Payment]
) -> tuple[Decimal, Decimal, Decimal]:
    """Return principal due, late fee due and surplus: money beyond the principal pays the late fee."""
    to_principal = sum((p.amount - p.late for p in history), ZERO)
    to_late = sum((p.late for p in history), ZERO)
    over = max(ZERO, to_principal - principal)
    late_open = late - waived - to_late - over
    return max(ZERO, principal - to_principal), max(ZERO, late_open), max(ZERO, min(over, -late_open))
