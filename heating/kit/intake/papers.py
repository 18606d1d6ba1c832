"""The two workbooks that an import gives back: the rows that need a hand, and an empty template."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import xlsxwriter
from rustpy_xlsxwriter import FastExcel, Format

from heating.kit.intake.result import ERROR, Result
from heating.kit.intake.template import Template
from heating.kit.normal.read import Value
from heating.kit.normal.text import shown
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


def template_workbook(path: Path, template: Template) -> None:
    """Write an empty template: its header, text columns, and a sheet that says how to fill it in."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#EEF2F6", "border": 1})
        text = book.add_format({"num_format": "@"})
        sheet, guide = book.add_worksheet(template.name), book.add_worksheet("填写说明")
        sheet.freeze_panes(1, 0)
        for index, field in enumerate(template.fields):
            sheet.set_column(index, index, 14, text)
            sheet.write_string(0, index, field.name + ("*" if field.required else ""), head)
        guide.set_column(0, 2, 24)
        for line, words in enumerate(_guide(template)):
            for column, word in enumerate(words):
                guide.write_string(line, column, word, head if not line else None)


def _guide(template: Template) -> Iterator[tuple[str, str, str]]:
    yield "列", "是否必填", "示例"
    for field in template.fields:
        must = "必填" if field.required else f"可空，空为“{field.default}”" if field.default else "可空"
        yield field.name, must, field.example
