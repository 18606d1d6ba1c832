"""From a table of cells to template values and remarks, column by column: each different cell is read once."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from heating.imports.template import Field, Template
from heating.imports.workbook import Column, Table, WorkbookRefusal
from heating.imports.workbook.header import header_name
from heating.imports.workbook.refusals import MAX_ROWS
from heating.kit.parsing import Read
from heating.kit.parsing.text import squeezed, visible

Marks = dict[int, list[tuple[str, str, str]]]

ERROR_VALUES = {
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
    "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!",
}  # fmt: skip
SUBTOTAL = re.compile(r"(?:小计|合计|总计)[:：]?$")


@dataclass
class Sheet:
    """The template's values of every row, and what is wrong with single cells. Rows count from 0.

    `values[name][row]` is what is to be stored (None: nothing); rows that are no data hold anything.
    `seconds[name][row]` holds second numbers. `errors`/`warnings`: row → (code, field, candidate).
    """

    template: Template
    table: Table
    data_rows: Sequence[int] = ()
    skipped: set[int] = field(default_factory=set)
    values: dict[str, list[str | None]] = field(default_factory=dict)
    seconds: dict[str, dict[int, str]] = field(default_factory=dict)
    readings: dict[str, Any] = field(default_factory=dict)
    errors: Marks = field(default_factory=lambda: defaultdict(list))
    warnings: Marks = field(default_factory=lambda: defaultdict(list))

    def has(self, name: str) -> bool:
        """Say whether the file has the column at all; one that it lacks says nothing, an empty cell does."""
        return self.table.column(name) is not None

    def is_data(self, row: int) -> bool:
        return row > self.table.header_row and row not in self.skipped

    def error(self, row: int, code: str, name: str, candidate: str = "") -> None:
        self.errors[row].append((code, name, candidate))

    def warn(self, row: int, code: str, name: str, candidate: str = "") -> None:
        self.warnings[row].append((code, name, candidate))

    def is_blank(self, name: str, row: int) -> bool:
        """Say whether nothing stands in the cell itself, merged or not."""
        return bool(self.readings[name].is_blank(row))

    def filled_rows(self, name: str) -> list[int]:
        """Return the data rows in which something stands in the column."""
        reading = self.readings[name]
        rows = set(reading.rows_with(set(range(len(reading.read))) - reading.blank)) | reading.marked.keys()
        return sorted(row for row in rows if self.is_data(row))

    def values_of(self, row: int) -> dict[str, str | None]:
        """Return one row's values by field, second numbers (备用电话) behind their own."""
        found: dict[str, str | None] = {}
        for item in self.template.fields:
            found[item.name] = self.values[item.name][row]
            if item.second:
                found[item.second] = self.seconds[item.name].get(row)
        return found


def read_sheet(template: Template, table: Table) -> Sheet:
    """Read every cell of the template's columns; `WorkbookRefusal` when there are too many data rows."""
    sheet = Sheet(template, table)
    readings = sheet.readings = {item.name: _Reading(item, table) for item in template.fields}
    sheet.skipped = _skipped(sheet, readings)
    sheet.data_rows = [row for row in range(table.header_row + 1, table.rows) if row not in sheet.skipped]
    if len(sheet.data_rows) > MAX_ROWS:
        raise WorkbookRefusal("too_many_rows", f"{len(sheet.data_rows):,} 行")
    for name, reading in readings.items():
        reading.put_into(sheet, name)
    return sheet


class _Reading:
    """One column, its different cells read once."""

    def __init__(self, item: Field, table: Table) -> None:
        self.item, self.table = item, table
        self.column = table.column(item.name) or Column(-1, item.name, [""], array("I", bytes(4 * table.rows)))
        reader = partial(item.read, date1904=table.date1904) if item.dated else item.read
        self.read = [_read(reader, cell) for cell in self.column.values]
        self.blank = {code for code, found in enumerate(self.read) if found is None}
        # Cells that calamine shows as empty although they hold an error value, or a formula without a result.
        self.marked: dict[int, str] = {}
        for marks, code in ((table.errors, "cell_error"), (table.valueless, "formula_no_value")):
            self.marked |= {row: code for row, index in marks if index == self.column.index}

    def is_blank(self, row: int) -> bool:
        return self.column.codes[row] in self.blank and row not in self.marked

    def rows_with(self, codes: set[int]) -> list[int]:
        if not codes:
            return []
        return [row for row, code in enumerate(self.column.codes) if code in codes]

    def put_into(self, sheet: Sheet, name: str) -> None:
        """Write the column's values and remarks into the sheet."""
        default = self.item.default
        plain = [found.value if isinstance(found, Read) else default if found is None else found for found in self.read]
        values = sheet.values[name] = list(map(plain.__getitem__, self.column.codes))
        if self.item.second:
            sheet.seconds[name] = {}
        covered = self._cover(sheet, values)
        special = {code for code, found in enumerate(self.read) if isinstance(found, Read)}
        if self.item.required:
            special |= self.blank
        for row in self.rows_with(special):
            if sheet.is_data(row) and row not in covered and row not in self.marked:
                self._remark(sheet, row, self.read[self.column.codes[row]])
        for row, code in self.marked.items():
            if sheet.is_data(row) and row not in covered:
                values[row] = None
                sheet.error(row, code, name)

    def _remark(self, sheet: Sheet, row: int, found: Any) -> None:
        name = self.item.name
        if found is None:
            sheet.error(row, "required_missing", name)
            return
        if found.error:
            sheet.values[name][row] = None
            sheet.error(row, found.error, name)
        if found.warning:
            sheet.warn(row, found.warning, name)
        if found.second:
            sheet.seconds[name][row] = found.second

    def _cover(self, sheet: Sheet, values: list[str | None]) -> set[int]:
        """Deal with the rows that a merged cell covers below or beside its first cell; return them."""
        covered: set[int] = set()
        for top, left, bottom, right in self.table.merges:
            if not left <= self.column.index <= right or bottom <= self.table.header_row:
                continue
            first = self.column.index == left
            for row in range(max(top + (1 if first else 0), self.table.header_row + 1), bottom + 1):
                if row >= self.table.rows or not sheet.is_data(row):
                    continue
                covered.add(row)
                self._covered(sheet, values, row, top if first and self.item.fills else None)
        return covered

    def _covered(self, sheet: Sheet, values: list[str | None], row: int, top: int | None) -> None:
        name = self.item.name
        if top is None:
            values[row] = None
            if not self.item.silent:
                sheet.error(row, "merged_not_allowed", name)
            return
        values[row] = values[top]
        found = self.read[self.column.codes[top]]
        if top in self.marked:
            sheet.error(row, self.marked[top], name)
        elif isinstance(found, Read) or (found is None and self.item.required):
            self._remark(sheet, row, found)


def _read(reader: Any, cell: Any) -> Any:
    if isinstance(cell, str):
        if cell == "":
            return None
        if ("#" in cell or "＃" in cell) and squeezed(cell).upper() in ERROR_VALUES:
            return Read(error="cell_error")
    return reader(cell)


def _skipped(sheet: Sheet, readings: dict[str, _Reading]) -> set[int]:
    """Return the rows below the header that are no data: blank, subtotal, note, repeated header.

    Emptiness is judged before merged cells are filled.
    """
    table, key = sheet.table, readings[sheet.template.key]
    # A row with a usable key is data; only a note or a repeated header could stand in the key's own column.
    odd = {
        c for c, cell in enumerate(key.column.values) if isinstance(cell, str) and _may_be_no_key(cell, key.item.name)
    }
    skipped = set()
    for row in key.rows_with(key.blank | odd):
        if row <= table.header_row:
            continue
        filled = [reading for reading in readings.values() if not reading.is_blank(row)]
        total = key.is_blank(row) and _is_subtotal(sheet, readings, row)
        if not filled or total or _is_note(filled, row) or _is_header(filled, row):
            skipped.add(row)
    return skipped


def _may_be_no_key(cell: str, name: str) -> bool:
    return ":" in cell or (not cell.isascii() and ("：" in cell or header_name(cell) == name))


def _is_note(filled: list[_Reading], row: int) -> bool:
    cell = filled[0].column[row]
    return len(filled) == 1 and isinstance(cell, str) and (":" in cell or "：" in cell)


def _is_header(filled: list[_Reading], row: int) -> bool:
    return len(filled) > 1 and all(header_name(reading.column[row]) == reading.item.name for reading in filled)


def _is_subtotal(sheet: Sheet, readings: dict[str, _Reading], row: int) -> bool:
    """Say whether a cell of the row, whatever its column but for remarks, ends in 小计, 合计 or 总计."""
    silent = {reading.column.index for reading in readings.values() if reading.item.silent}
    return any(_says_total(column[row]) for column in sheet.table.columns if column.index not in silent)


def _says_total(cell: Any) -> bool:
    return isinstance(cell, str) and bool(SUBTOTAL.search(squeezed(visible(cell))))


def duplicates(keys: Iterable[Any], rows: Iterable[int]) -> list[int]:
    """Return the rows whose key occurs more than once; a None is no key."""
    first: dict[Any, int] = {}
    twice: set[int] = set()
    for key, row in zip(keys, rows, strict=True):
        if key is not None:
            other = first.setdefault(key, row)
            if other != row:
                twice.update((other, row))
    return sorted(twice)
