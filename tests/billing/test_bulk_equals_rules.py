"""The set-based road gives the same fen as the rules: on the worked examples and on random cases."""

from __future__ import annotations

import os
import random
from decimal import Decimal as D

import pytest
from django.db import connection

from billing.bulk.explain_sql import texts
from billing.bulk.pricing import paid, unpaid
from billing.rules import Payment, quote
from billing.rules.explain import charge_lines
from tests.billing import cases
from tests.billing.cases import Case
from tests.billing.examples import EXAMPLES

FIGURES = (
    "base_area, charge_area - base_area, charge_area, standard_fee, line, line_amount, line_amount - principal,"
    " principal,"
    " closed_on, late_start, late_points, late_fee, next_change_on"
)
TEXT_FACTS = (
    "SELECT key, version_id, vacancy, relief, heated_days, charge_area, standard_fee, line, line_amount, principal"
    " FROM priced"
)
FACTS = "SELECT * FROM cases"
HISTORY = "SELECT key, day, sum(amount) AS amount FROM paid GROUP BY key, day"
COUNT = int(os.environ.get("RANDOM_CASES", "20000"))


def by_rules(case: Case) -> tuple:
    q = quote(case.tariff, case.inputs, on=case.on, payments=case.payments)
    return (
        *q.areas[1:],
        q.standard_fee,
        q.line,
        q.line_amount,
        q.discount,
        q.principal,
        q.closed_on,
        q.late_from,
        q.late.count,
        q.late.amount,
        q.next_change_on,
    )


def by_sql(ctes: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {ctes} SELECT {FIGURES} FROM priced ORDER BY key")
        return cursor.fetchall()


def compare(some: list[Case], ctes: str) -> None:
    got = by_sql(ctes)
    assert len(got) == len(some)
    wrong = [(case, by_rules(case), row) for case, row in zip(some, got, strict=True) if by_rules(case) != row]
    assert not wrong, f"{len(wrong)} differ, first: {wrong[0]}"


def random_cases(count: int, *, with_payments: bool) -> list[Case]:
    rng = random.Random(20251115)
    tariffs = [cases.some_tariff(rng) for _ in range(max(20, count // 50))]
    made = []
    for _ in range(count):
        tariff = rng.choice(tariffs)
        inputs = cases.some_inputs(rng, tariff)
        on = cases.some_day(rng, 0, 900)
        money: tuple[Payment, ...] = ()
        if with_payments and rng.random() < 0.7:
            about = quote(tariff, inputs, on=on).principal * D("1.1")
            money = cases.some_payments(rng, about, on)
        made.append(Case(tariff, inputs, money, on))
    return made


@pytest.mark.django_db
def test_worked_examples_in_sql():
    some = [Case(e.tariff, e.inputs, e.payments, e.on) for e in EXAMPLES]
    cases.load(some, cases.store({case.tariff for case in some}))
    compare(some, paid(FACTS, HISTORY))
    got = by_sql(paid(FACTS, HISTORY))
    assert [(row[3], row[7], row[11]) for row in got] == [(e.standard_fee, e.principal, e.late) for e in EXAMPLES]


@pytest.mark.django_db
def test_random_orders_with_payments_in_sql():
    some = random_cases(COUNT, with_payments=True)
    cases.load(some, cases.store({case.tariff for case in some}))
    compare(some, paid(FACTS, HISTORY))


@pytest.mark.django_db
def test_random_new_orders_in_sql():
    """A new order of principal zero closes on its first day, as if nothing had been paid on it."""
    some = random_cases(COUNT // 2, with_payments=False)
    cases.load(some, cases.store({case.tariff for case in some}))
    opened = [Case(c.tariff, c.inputs, (Payment(c.on, D(0)),), c.on) for c in some]
    compare(opened, unpaid(FACTS))


@pytest.mark.django_db
def test_a_wrong_fen_in_the_sql_would_be_seen():
    some = random_cases(200, with_payments=False)
    cases.load(some, cases.store({case.tariff for case in some}))
    broken = unpaid(FACTS).replace("round(charge_area * unit_price, 2)", "trunc(charge_area * unit_price, 2)")
    with pytest.raises(AssertionError, match="differ"):
        compare(some, broken)


@pytest.mark.django_db
def test_the_explained_lines_read_the_same_in_sql():
    some = random_cases(3000, with_payments=True)
    cases.load(some, cases.store({case.tariff for case in some}))
    ctes = paid(FACTS, HISTORY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {ctes} SELECT heat_kind, heat_label, heat_text, discount_text"
            f" FROM ({texts(TEXT_FACTS)}) AS t ORDER BY key"
        )
        got = cursor.fetchall()
    for case, (kind, label, text, discount) in zip(some, got, strict=True):
        first, *rest = charge_lines(quote(case.tariff, case.inputs, on=case.on, payments=case.payments))
        assert (kind, label, text) == (first.code, first.label, first.text)
        assert [discount] == [line.text for line in rest] or (discount is None and not rest)
