"""Export of a table as .xlsx: the same columns and the same query as the screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

import xlsxwriter

from heating.kit.tables import Table

ROWS_A_SHEET = 1_048_576
HEAD_ROWS = 3
FORBIDDEN = {code: " " for code in range(32) if code not in (9, 10, 13)}


FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bg_color": "#EEF2F6", "border": 1},
    "text": {"num_format": "@"},
    "money": {"num_format": "#,##0.00"},
    "count": {"num_format": "#,##0"},
}


def write_workbook(
    path: Path,
    *,
    title: str,
    conditions: str,
    table: Table,
    rows: Iterable[Any],
    totals: dict[str, Decimal] | None = None,
    rows_a_sheet: int = ROWS_A_SHEET,
) -> int:
    """Write title, conditions, header, rows and totals to `path`; return the number of rows.

    Text cells are typed as text, so a name like `=1+1` stays a name. Memory does not grow with the rows; more rows
    than a sheet holds go on in further sheets.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        formats = {name: book.add_format(look) for name, look in FORMATS.items()}
        remaining, written = iter(rows), 0
        space = rows_a_sheet - HEAD_ROWS - 1
        while True:
            first = next(remaining, None)
            if first is None and written:
                break
            sheet = book.add_worksheet(f"{title[:24]}{'' if not written else written // space + 1}")
            part: Iterable[Any] = islice(chain([first], remaining), space) if first is not None else iter(())
            line = _head(sheet, title, conditions, table, formats)
            for row in part:
                _row(sheet, line, table, row, formats)
                line, written = line + 1, written + 1
            if totals:
                _totals(sheet, line, table, totals, formats)
            if first is None:
                break
    return written


def _head(sheet: Any, title: str, conditions: str, table: Table, formats: dict[str, Any]) -> int:
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
    sheet.write_string(0, 0, title, formats["title"])
    sheet.write_string(1, 0, clean(conditions))
    for index, column in enumerate(table.columns):
        sheet.write_string(2, index, column.label, formats["head"])
    sheet.freeze_panes(HEAD_ROWS, 0)
    return HEAD_ROWS


def _row(sheet: Any, line: int, table: Table, row: Any, formats: dict[str, Any]) -> None:
    for index, column in enumerate(table.columns):
        value = column.export(column.value(row), table.user)
        if isinstance(value, Decimal):
            sheet.write_number(line, index, value, formats["money"])
        elif isinstance(value, int) and not isinstance(value, bool):
            sheet.write_number(line, index, value, formats["count"])
        elif value not in (None, ""):
            sheet.write_string(line, index, clean(str(value)), formats["text"])


def _totals(sheet: Any, line: int, table: Table, totals: dict[str, Decimal], formats: dict[str, Any]) -> None:
    sheet.write_string(line, 0, "合计", formats["head"])
    for index, column in enumerate(table.columns):
        if column.total:
            value = totals.get(column.name) or Decimal(0)
            style = formats["count"] if isinstance(value, int) else formats["money"]
            sheet.write_number(line, index, value, style)


def clean(text: str) -> str:
    """Return text that an xlsx cell may hold: no control characters, at most 32,767 characters."""
    return text.translate(FORBIDDEN)[:32767]


def chunks(queryset: Any, size: int = 2000) -> Iterator[Any]:
    """Iterate over a queryset through a server-side cursor."""
    return queryset.iterator(chunk_size=size)
