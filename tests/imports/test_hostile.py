"""One file of each hostile kind; `bin/prove imports` takes two hundred."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from billing.imports.rooms.columns import room_template
from heating.imports.sheet import read_sheet
from heating.imports.workbook import WorkbookRefusal, read_table, scan
from tests.imports import hostile
from tests.imports import workbooks as wb

TEMPLATE = room_template(reliefs={"普通": "普通"}, products={})


def answer(path: Path) -> str:
    """Say what comes of a file."""
    try:
        read_sheet(TEMPLATE, read_table(path, names=TEMPLATE.names, required=TEMPLATE.required))
    except WorkbookRefusal as refusal:
        assert refusal.sentence
        return refusal.code
    return hostile.READ


@pytest.mark.parametrize("kind", sorted(hostile.KINDS.keys() - hostile.COSTLY))
def test_a_hostile_file_is_read_or_refused_with_a_sentence(kind: str, tmp_path: Path) -> None:
    answers, make = hostile.KINDS[kind]
    for seed in range(2):
        assert answer(wb.save(tmp_path, make(random.Random(f"{kind} {seed}")))) in answers


def test_the_plain_rows_of_the_generator_are_good(tmp_path: Path) -> None:
    """Negative control: without the damage nothing is refused and no row has an error."""
    path = wb.save(tmp_path, wb.xlsx([hostile.HEAD, *hostile.good_rows(random.Random(1))]))
    sheet = read_sheet(TEMPLATE, read_table(path, names=TEMPLATE.names, required=TEMPLATE.required))
    assert len(sheet.data_rows) == 30 and not sheet.errors and not sheet.warnings


def test_endless_nesting_is_given_up_at_once() -> None:
    """The parser keeps every open element; 30 MB of them would take a gigabyte."""
    chunks = iter([b"<x>" * 1000] * 10_000)
    with pytest.raises(WorkbookRefusal):
        scan.thorough(chunks)
    assert len(list(chunks)) == 9_999
