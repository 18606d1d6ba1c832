"""An empty template to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from heating.imports.template import Template


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
