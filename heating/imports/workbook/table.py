"""A sheet as columns: the different values of each column once, and a code for every row."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

# A text, a number, a date cell, or `time` for a time of day without a date.
Value = str | float | date | time


@dataclass(frozen=True)
class Column:
    """One column: `values[codes[i]]` is the cell of row i (counted from 0); an empty cell is ""."""

    index: int
    title: str
    values: list[Value]
    codes: array

    def __getitem__(self, row: int) -> Value:
        return self.values[self.codes[row]]


@dataclass(frozen=True)
class Table:
    """What was read of a workbook's one template sheet. Rows and columns count from 0."""

    sheet: str
    rows: int
    header_row: int
    names: dict[str, int]
    columns: list[Column]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    valueless: set[tuple[int, int]] = field(default_factory=set)
    date1904: bool = False

    def column(self, name: str) -> Column | None:
        """Return the template's column, or None when the sheet has none."""
        index = self.names.get(name)
        return None if index is None else self.columns[index]

    @property
    def ignored(self) -> list[str]:
        """Titles of the columns that the template does not know."""
        return [c.title for c in self.columns if c.title and c.index not in self.names.values()]


def value(stored: Any) -> Value:
    """Undo `child.plain`."""
    if isinstance(stored, list):
        return date.fromisoformat(stored[0]) if stored else time()
    return float(stored) if isinstance(stored, int) else stored


def build(head: dict[str, Any], codes: bytes) -> Table:
    """Put a table together from what the child process wrote."""
    rows, columns = head["rows"], []
    for index, values in enumerate(head["values"]):
        part = array("I")
        part.frombytes(codes[index * rows * part.itemsize : (index + 1) * rows * part.itemsize])
        title = head["titles"][index] if index < len(head["titles"]) else ""
        columns.append(Column(index, title, [value(v) if not isinstance(v, str) else v for v in values], part))
    return Table(
        sheet=head["sheet"],
        rows=rows,
        header_row=head["header_row"],
        names={name: index for index, name in enumerate(head["names"][: len(columns)]) if name},
        columns=columns,
        merges=[tuple(merge) for merge in head["merges"]],
        errors={(row, column): text for row, column, text in head["errors"]},
        valueless={(row, column) for row, column in head["valueless"]},
        date1904=head["date1904"],
    )
