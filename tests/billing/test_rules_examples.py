"""E01–E51 to the fen."""

import pytest

from billing.rules import quote
from billing.rules.explain import charge_lines, explain
from tests.billing.examples import EXAMPLES, Example


def test_the_table_has_all_fifty_one_rows():
    assert [example.name for example in EXAMPLES] == [f"E{n:02d}" for n in range(1, 52)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_worked_example(example: Example):
    got = quote(example.tariff, example.inputs, on=example.on, payments=example.payments)
    assert (got.standard_fee, got.line, got.line_amount, got.discount, got.principal) == (
        example.standard_fee,
        example.line,
        example.line_amount,
        example.discount,
        example.principal,
    )
    assert (got.late.count, got.late.amount, got.paid, got.due) == (
        example.count,
        example.late,
        example.paid,
        example.due,
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_the_explained_lines_add_up_to_the_figures(example: Example):
    got = quote(example.tariff, example.inputs, on=example.on, payments=example.payments)
    assert sum(line.sign * line.amount for line in charge_lines(got)) == got.principal
    lines = explain(got)
    assert sum(line.sign * line.amount for line in lines) == got.due - got.surplus
    assert all(line.label and line.text and line.amount >= 0 for line in lines)
