"""The workbook of the rows that need a hand, with their reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

from rustpy_xlsxwriter import FastExcel, Format

from heating.imports.result import ERROR, Result
from heating.imports.workbook import ZIPPED, mark_own
from heating.kit.parsing.read import Value
from heating.kit.parsing.text import shown
from heating.kit.sheets import clean

REASON, ROW = "错误原因", "原行号"
# Longer sheets would take openpyxl too much memory and time.
MOST_ROWS = 20_000


def write_errors(source: Path, target: Path, result: Result) -> None:
    """Write what needs a hand: marked in the person's own workbook, or as a plain list where that would be too much."""
    if not marked_workbook(source, target, result):
        error_workbook(target, result)


def marked_workbook(source: Path, target: Path, result: Result) -> bool:
    """Mark the cells in a copy of the uploaded workbook; False for long sheets, .xls and what openpyxl cannot read."""
    table = result.sheet.table
    with source.open("rb") as file:
        if table.rows > MOST_ROWS or file.read(4) != ZIPPED:
            return False
    rows = sorted(row for row in {*result.errors, *result.warnings} if result.sheet.is_data(row))
    marks = [
        [row + 1, table.names.get(issue.field, -1) + 1, issue.level, clean(issue.sentence)]
        for row in rows
        for issue in result.issues(row)
    ]
    wanted = {"sheet": table.sheet, "header_row": table.header_row + 1, "columns": len(table.columns), "marks": marks}
    return mark_own(source, target, wanted)


def error_workbook(path: Path, result: Result) -> int:
    """Write the uploaded rows with an error or a warning, as they were, with the reasons; return how many.

    Every cell is text, so nothing of it is ever a formula; the file can be corrected and uploaded again.
    """
    rows = sorted(row for row in {*result.errors, *result.warnings} if result.sheet.is_data(row))
    titles = _titles(result)
    text = Format().set_num_format("@")
    sheet = FastExcel(str(path)).freeze(row=1)
    lines = _lines(result, rows, titles) if rows else iter([dict.fromkeys([*titles, ROW, REASON], "")])
    sheet.sheet(result.sheet.template.name, lines, column_formats=[text] * (len(titles) + 2), column_width=14).save()
    return len(rows)


def _titles(result: Result) -> list[str]:
    """Return a different title for each column: the template's names, else what stood there."""
    names = {index: name for name, index in result.sheet.table.names.items()}
    titles: list[str] = []
    for column in result.sheet.table.columns:
        title = clean(names.get(column.index) or column.title or f"列{column.index + 1}")
        titles.append(title if title not in (*titles, ROW, REASON) else f"{title}（列{column.index + 1}）")
    return titles


def _lines(result: Result, rows: list[int], titles: list[str]) -> Iterator[dict[str, str]]:
    table = result.sheet.table
    for row in rows:
        cells = [table.errors.get((row, column.index)) or _text(column[row]) for column in table.columns]
        issues = result.issues(row)
        reasons = "；".join(("" if issue.level == ERROR else "提醒：") + issue.sentence for issue in issues)
        yield dict(zip(titles, cells, strict=True)) | {ROW: str(row + 1), REASON: clean(reasons)}


def _text(cell: Value) -> str:
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return shown(cell)
