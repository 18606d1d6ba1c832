"""An empty template to fill in: drop-downs, notes on the columns, and a sheet that says how."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from heating.imports.template import Field, Template
from heating.imports.workbook.refusals import MAX_ROWS

GUIDE, CHOICES = "填写说明", "选项"
HEAD = PatternFill("solid", fgColor="EEF2F6")
MUST = PatternFill("solid", fgColor="FFF2CC")
LINE = Side(style="thin", color="BFC8D2")
BORDER = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
TEXT = "@"


def template_workbook(path: Path, template: Template) -> None:
    """Write an empty template; every column is text, so that Excel does not change what is typed."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = template.name
    sheet.freeze_panes = "A2"
    choices = book.create_sheet(CHOICES)
    choices.sheet_state = "hidden"
    for index, field in enumerate(template.fields, 1):
        _head(sheet.cell(1, index), field)
        column = sheet.column_dimensions[get_column_letter(index)]
        column.width, column.number_format = _width(field), TEXT
        if field.choices:
            _drop_down(sheet, choices, index, field)
    guide = book.create_sheet(GUIDE, 1)
    for row, words in enumerate(_guide(template), 1):
        for index, text in enumerate(words, 1):
            cell = guide.cell(row, index)
            cell.value, cell.data_type = text, "s"
    for letter, width in zip("ABCD", (18, 24, 26, 60), strict=True):
        guide.column_dimensions[letter].width = width
    for cell in guide[1]:
        cell.font, cell.fill = Font(bold=True), HEAD
    book.save(path)


def _head(cell: Any, field: Field) -> None:
    cell.value = field.name + ("*" if field.required else "")
    cell.font, cell.fill, cell.border = Font(bold=True), MUST if field.required else HEAD, BORDER
    _, must, example, words = _line(field)
    lines = [must, f"示例：{example}" if example else "", f"可选：{words}" if words else ""]
    cell.comment = Comment("\n".join(line for line in lines if line), "导入模板", height=90, width=240)


def _drop_down(sheet: Any, choices: Any, index: int, field: Field) -> None:
    letter = get_column_letter(index)
    for row, word in enumerate(field.choices, 1):
        cell = choices.cell(row, index)
        cell.value, cell.data_type = word, "s"
    # Other spellings are read too, so that Excel asks and does not forbid.
    rule = DataValidation(
        type="list",
        formula1=f"'{CHOICES}'!${letter}$1:${letter}${len(field.choices)}",
        allow_blank=True,
        errorStyle="warning",
        error=f"请从列表中选择{field.name}",
    )
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{MAX_ROWS + 1}")


def _width(field: Field) -> int:
    return max(12, min(30, 2 * len(field.name) + 4, 40), len(field.example) + 4)


def _line(field: Field) -> tuple[str, str, str, str]:
    must = "必填" if field.required else f"可空，空为“{field.default}”" if field.default else "可空"
    return field.name, must, field.example, "、".join(field.choices)


def _guide(template: Template) -> Iterator[tuple[str, str, str, str]]:
    yield "列", "是否必填", "示例", "可选的值"
    yield from map(_line, template.fields)
