"""Products A–E and the worked examples E01–E51 of the tariff (docs/tariff.md)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal as D
from pathlib import Path

from billing.rules import Discount, Inputs, LateFee, OverHeight, Payment, Special, Tariff


def day(text: str) -> date:
    return date.fromisoformat(text)


def special(method: str, value: str, first: str, last: str, lapse: str, relief: str = "") -> Special:
    label = {"low_income": "低保户", "special": "特审户"}.get(relief, "")
    return Special(
        method=method,
        value=D(value),
        window_from=day(first),
        window_to=day(last),
        lapse=lapse,
        relief=relief,
        label=label,
    )


A = Tariff(
    price=D("24.00"),
    months=D(4),
    season_days=121,
    pay_from=day("2025-09-01"),
    pay_to=day("2025-12-31"),
    gap_days=1,
    late=LateFee(method="fixed", value=D("0.05"), starts_on=day("2026-01-01")),
    vacancy=special("percent", "30", "2025-09-01", "2025-10-31", "standard"),
    reliefs=(
        special("percent", "50", "2025-09-01", "2026-01-31", "keep", "low_income"),
        special("fixed", "3.00", "2025-09-01", "2026-01-31", "keep", "special"),
    ),
    discount=Discount(method="percent", value=D(2), window_from=day("2025-09-01"), window_to=day("2025-09-30")),
)
B = Tariff(
    price=D("5.80"),
    price_period="month",
    months=D(4),
    season_days=121,
    pay_from=day("2025-09-15"),
    pay_to=day("2025-11-14"),
    gap_days=10,
    late=LateFee(method="percent", value=D(5), starts_on=day("2025-11-24")),
    vacancy=special("fixed", "1.20", "2025-09-15", "2025-10-31", "standard"),
    reliefs=(
        special("fixed", "3.50", "2025-09-15", "2025-11-14", "keep", "low_income"),
        special("percent", "70", "2025-09-15", "2025-11-14", "standard", "special"),
    ),
    discount=Discount(method="fixed", value=D("0.10")),
)
C = Tariff(
    price=D("27.00"),
    months=D("5.5"),
    season_days=169,
    pay_from=day("2025-05-01"),
    pay_to=day("2025-10-31"),
    gap_days=30,
    late=LateFee(method="fixed", value=D("0.08"), starts_on=day("2025-11-30")),
    vacancy=special("percent", "20", "2025-05-01", "2025-10-15", "standard"),
    reliefs=(special("percent", "0", "2025-05-01", "2025-10-31", "keep", "low_income"),),
    discount=Discount(
        method="fixed", value=D("0.20"), window_from=day("2025-05-01"), window_to=day("2025-08-31"), stacks=True
    ),
)
D_ = Tariff(
    price=D("0.19"),
    price_period="day",
    months=D(4),
    season_days=121,
    pay_from=day("2025-09-01"),
    pay_to=day("2025-11-14"),
    gap_days=1,
    late=LateFee(method="fixed", value=D("0.03"), starts_on=day("2025-11-15")),
)
E = Tariff(
    price=D("32.00"),
    months=D(5),
    season_days=151,
    pay_from=day("2025-04-01"),
    pay_to=day("2025-10-31"),
    gap_days=31,
    late=LateFee(method="percent", value=D(3), starts_on=day("2025-12-01")),
    over=OverHeight(rule="step", base=D("3.50"), step=D("0.30"), percent=D(10)),
)


def daily(permille: str, **fields: object) -> Tariff:
    return replace(A, late=replace(A.late, method="daily", value=D(permille), **fields))


TARIFFS = {
    "A": A,
    "B": B,
    "C": C,
    "E": E,
    "A_23": replace(A, price=D("23.30")),
    "A_FULL": replace(A, late=replace(A.late, base="full")),
    "A_RATIO": replace(A, over=OverHeight(rule="ratio", base=D("3.00"))),
    "A_DAILY_FULL": daily("2", base="full"),
    "A_DAILY_CAP": daily("2", cap=D(30)),
    "A_DAILY": daily("0.3"),
    "B_VACANCY": replace(B, vacancy=replace(B.vacancy, value=D("6.50"))),
    "D_FACTOR": replace(D_, area_factor=D("0.90")),
}

TABLE = Path(__file__).with_name("examples.txt").read_text().splitlines()[1:]


@dataclass(frozen=True)
class Example:
    """One row of the table."""

    name: str
    tariff: Tariff
    inputs: Inputs
    payments: tuple[Payment, ...]
    on: date
    standard_fee: D
    line: str
    line_amount: D
    discount: D
    principal: D
    count: int
    late: D
    paid: D
    due: D


def read(row: str) -> Example:
    name, product, area, conditions, on, s, line, b, g, p, n, late, paid, due = (c.strip() for c in row.split("|"))
    facts: dict[str, object] = {"floor_area": D(area)}
    payments: tuple[Payment, ...] = ()
    for condition in filter(None, conditions.split("; ")):
        match condition.split():
            case ["vacancy"]:
                facts["vacancy"] = True
            case ["height", metres]:
                facts["height"] = D(metres)
            case ["heated", days]:
                facts["heated_days"] = int(days)
            case ["paid", when, amount]:
                payments = (Payment(day(when), D(amount)),)
            case [relief]:
                facts["relief"] = relief
    figures = (D(s), line, D(b), D(g), D(p), int(n), D(late), D(paid), D(due))
    return Example(name, TARIFFS[product], Inputs(**facts), payments, day(on), *figures)


EXAMPLES = [read(row) for row in TABLE]
