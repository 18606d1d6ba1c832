"""What must hold for every tariff, room and payment."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.rules import Payment, quote
from billing.rules.explain import charge_lines, explain
from billing.rules.months import add_months, months_between
from billing.rules.split import Debt, split
from heating.kit.rounding import fen, share
from tests.billing import cases

seeds = st.integers(0, 2**48)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
money = st.decimals(0, 1_000_000, places=2)


def some_case(seed: int) -> cases.Case:
    rng = random.Random(seed)
    tariff = cases.some_tariff(rng)
    inputs = cases.some_inputs(rng, tariff)
    on = cases.some_day(rng, 0, 900)
    about = quote(tariff, inputs, on=on).principal * D("1.1")
    paid = cases.some_payments(rng, about, on) if rng.random() < 0.6 else ()
    return cases.Case(tariff, inputs, paid, on)


def price(case: cases.Case, on: date | None = None):
    return quote(case.tariff, case.inputs, on=on or case.on, payments=case.payments)


@given(seeds)
@settings(max_examples=600, deadline=None)
def test_nothing_is_ever_negative_and_everything_is_whole_fen(seed):
    got = price(some_case(seed))
    figures = (
        got.standard_fee,
        got.line_amount,
        got.discount,
        got.principal,
        got.late.amount,
        got.principal_due,
        got.late_due,
        got.surplus,
        *got.areas,
    )
    assert all(x >= 0 and x == fen(x) for x in figures)
    assert got.principal == got.line_amount - got.discount <= got.standard_fee
    assert got.paid == got.principal - got.principal_due + got.late.amount - got.late_due + got.surplus


@given(seeds)
@settings(max_examples=400, deadline=None)
def test_a_larger_room_never_pays_less(seed):
    case = some_case(seed)
    grown = replace(
        case.inputs,
        floor_area=case.inputs.floor_area + D("7.31"),
        inner_area=case.inputs.inner_area + D("7.31"),
    )
    small, large = (quote(case.tariff, facts, on=case.on) for facts in (case.inputs, grown))
    assert small.standard_fee <= large.standard_fee
    assert [s.amount <= b.amount for s, b in zip(small.lines, large.lines, strict=True)].count(False) == 0
    # Rounding of line and discount may move the difference by a fen each.
    assert small.principal <= large.principal + D("0.01")


@given(seeds)
@settings(max_examples=400, deadline=None)
def test_the_lowest_open_line_wins_and_ties_go_to_the_first(seed):
    case = some_case(seed)
    got = quote(case.tariff, case.inputs, on=case.on)
    costs = {}
    for line in got.lines:
        if line.last_day is None or case.on <= line.last_day:
            alone = quote_of_line(got, line)
            costs[line.line] = alone
    assert got.principal == min(costs.values())
    assert got.line == next(name for name, cost in costs.items() if cost == got.principal)


def quote_of_line(got, line):
    rule = got.tariff.discount
    if rule is None:
        return line.amount
    first = rule.window_from or got.tariff.pay_from
    last = rule.window_to or got.tariff.pay_to
    return line.amount - (line.discount if first <= got.on <= last else 0)


@given(seeds)
@settings(max_examples=400, deadline=None)
def test_nothing_changes_before_the_next_day_of_change(seed):
    case = some_case(seed)
    got = price(case)
    rng = random.Random(seed + 1)
    horizon = got.next_change_on or case.on + timedelta(days=1500)
    assert horizon > case.on
    span = (horizon - case.on).days - 1
    for _ in range(6):
        later = price(case, case.on + timedelta(days=rng.randint(0, span)))
        assert (later.line, later.principal, later.late.amount) == (got.line, got.principal, got.late.amount)


@given(seeds)
@settings(max_examples=300, deadline=None)
def test_without_payments_the_late_fee_only_grows_while_the_line_stays(seed):
    case = replace(some_case(seed), payments=())
    got, later = price(case), price(case, case.on + timedelta(days=40))
    if got.line == later.line:
        assert got.late.amount <= later.late.amount


@given(seeds)
@settings(max_examples=300, deadline=None)
def test_paying_what_is_due_settles_the_order_that_day(seed):
    case = some_case(seed)
    due = price(case).due
    after = price(replace(case, payments=(*case.payments, Payment(case.on, due))))
    assert after.due == 0
    assert after.closed_on is not None


@given(seeds)
@settings(max_examples=300, deadline=None)
def test_explained_lines_add_up(seed):
    got = price(some_case(seed))
    assert sum(line.sign * line.amount for line in charge_lines(got)) == got.principal
    assert all(0 < len(line.text) <= 200 and len(line.label) <= 40 for line in explain(got))


@given(days, st.integers(0, 200))
def test_months_are_held_to_the_end_of_the_month(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
    assert months_between(day, later) == months
    assert months_between(day, later - timedelta(days=1)) == months - 1


def test_the_month_clamp_of_the_worked_text():
    start = date(2025, 12, 31)
    assert [add_months(start, k) for k in range(4)] == [
        date(2025, 12, 31),
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]


@given(money, st.integers(1, 10**12))
def test_a_quotient_is_rounded_once_and_half_up(numerator, denominator):
    got = share(numerator, denominator)
    assert abs(got * denominator - numerator) * 200 <= denominator
    if got * denominator * 200 + denominator == numerator * 200:
        raise AssertionError("a half was rounded down")


@given(money, st.lists(st.tuples(money, money), max_size=5), st.booleans())
def test_a_split_loses_nothing(amount, owed, late_first):
    debts = [Debt(key, principal, late) for key, (principal, late) in enumerate(owed)]
    parts, surplus = split(amount, debts, late_first=late_first)
    assert sum((part.amount for part in parts), surplus) == amount
    assert surplus == max(0, amount - sum(d.principal + d.late for d in debts))
    assert [part.key for part in parts] == sorted(part.key for part in parts)


@given(seeds)
@settings(max_examples=300, deadline=None)
def test_a_part_month_that_is_dropped_stays_dropped_after_the_principal_is_paid(seed):
    """A month that had begun when the money came is not counted on the day on which it would have been over."""
    case = some_case(seed)
    rule = case.tariff.late
    if rule is None or rule.method != "fixed":
        return
    case = replace(case, tariff=replace(case.tariff, late=replace(rule, part_month="drop")))
    paid = replace(case, payments=(*case.payments, Payment(case.on, price(case).principal_due)))
    closed = price(paid)
    if closed.closed_on is None:
        return
    for days_later in (1, 31, 400):
        later = price(paid, case.on + timedelta(days=days_later))
        assert later.late.amount == closed.late.amount
    assert closed.next_change_on is None
