"""The workbook of the rows that need a hand, with their reasons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

from rustpy_xlsxwriter import FastExcel, Format

from heating.imports.result import ERROR, Result
from heating.kit.parsing.read import Value
from heating.kit.parsing.text import shown
from heating.kit.sheets import clean

REASON, ROW = "错误原因", "原行号"


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
