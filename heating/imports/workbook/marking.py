"""The process that marks errors in a person's own workbook: `python -m heating.imports.workbook.marking FILE`.

It limits itself first. Standard input: JSON with the sheet, its header row and the marks; standard output: the
marked workbook.
"""

from __future__ import annotations

import json
import sys
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from heating.imports.workbook.child import limit_self
from heating.imports.workbook.refusals import MEGABYTE

REASON, AUTHOR = "错误原因", "导入检查"
FILLS = {"error": PatternFill("solid", fgColor="FFC7CE"), "warn": PatternFill("solid", fgColor="FFEB9C")}
NO_FILL = PatternFill(fill_type=None)
# openpyxl writes each sheet into a temporary file first.
MOST_WRITTEN = 200 * MEGABYTE
REASON_WIDTH = 60


def mark(book: Any, wanted: dict[str, Any]) -> None:
    """Fill and comment the cells, and write the reasons of each row behind the last column.

    Rows and columns count from 1. `marks`: [row, column or 0, level, sentence].
    """
    sheet = book[wanted["sheet"]]
    forget_marks(sheet)
    header, last = wanted["header_row"], wanted["columns"]
    titles = {sheet.cell(header, column).value: column for column in range(1, last + 1)}
    place = titles.get(REASON, last + 1)
    reasons: dict[int, list[str]] = {}
    for row, column, level, sentence in wanted["marks"]:
        reasons.setdefault(row, []).append(("" if level == "error" else "提醒：") + sentence)
        cell = sheet.cell(row, column) if column else None
        if cell is not None and not isinstance(cell, MergedCell):
            text = f"{cell.comment.text}\n" if cell.comment and cell.comment.author == AUTHOR else ""
            cell.comment = Comment(text + sentence, AUTHOR, height=80, width=260)
            if not text or level == "error":
                cell.fill = FILLS[level]
    head = sheet.cell(header, place, REASON)
    head.font = Font(bold=True, color="C00000")
    for row in range(header + 1, sheet.max_row + 1):
        if row in reasons:
            cell = sheet.cell(row, place)
            cell.value, cell.data_type = "；".join(reasons[row]), "s"
            cell.font, cell.alignment = Font(color="C00000"), Alignment(wrap_text=True, vertical="top")
        elif place in titles.values() and not isinstance(sheet.cell(row, place), MergedCell):
            sheet.cell(row, place).value = None
    sheet.column_dimensions[head.column_letter].width = REASON_WIDTH


def forget_marks(sheet: Any) -> None:
    """Take away what an earlier check marked."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment, cell.fill = None, NO_FILL


def main() -> int:
    limit_self(written=MOST_WRITTEN)
    warnings.simplefilter("ignore")
    wanted = json.load(sys.stdin)
    with Path(sys.argv[1]).open("rb") as file:  # a path would be judged by its ending
        book = openpyxl.load_workbook(file, keep_links=False)
    mark(book, wanted)
    book.active = book.sheetnames.index(wanted["sheet"])
    out = BytesIO()
    book.save(out)
    sys.stdout.buffer.write(out.getvalue())
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
