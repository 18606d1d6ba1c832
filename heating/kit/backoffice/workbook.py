"""Workbooks in and out of the back office: read in the guarded child process, written with every cell as text."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, ClassVar
from uuid import uuid4

import tablib
import xlsxwriter
from django.conf import settings
from import_export.formats.base_formats import Format
from import_export.tmp_storages import BaseStorage

from heating.imports.workbook import Table, read_table
from heating.kit.errors import Refusal
from heating.kit.pages.download import XLSX
from heating.kit.parsing import shown
from heating.kit.sheets import clean

MAX_ROWS = 2_000
LINE = "行号"
KEPT_SECONDS = 24 * 3600
NAME = re.compile(r"[0-9a-f]{32}")


class Workbook(Format):
    """A resource's one format: .xlsx in and out, .xls in. `columns` are its headings, `required` those it needs."""

    columns: ClassVar[tuple[str, ...]] = ()
    required: ClassVar[tuple[str, ...]] = ()

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding

    def get_title(self) -> str:
        return "Excel 工作簿"

    def get_extension(self) -> str:
        return "xlsx"

    def get_content_type(self) -> str:
        return XLSX

    def can_import(self) -> bool:
        return bool(self.columns)

    def can_export(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        """Return the data rows, each with its line in the sheet; `Refusal` or `WorkbookRefusal` when it cannot."""
        with NamedTemporaryFile(suffix=".xlsx") as file:
            file.write(in_stream)
            file.flush()
            table = read_table(Path(file.name), names=self.columns, required=[[name] for name in self.required])
        rows = list(_rows(table))
        if len(rows) > MAX_ROWS:
            raise Refusal(f"一次最多导入 {MAX_ROWS:,} 行，本文件有 {len(rows):,} 行")
        found = tablib.Dataset(headers=[LINE, *table.names])
        found.extend(rows)
        return found

    def export_data(self, dataset: tablib.Dataset, **options: Any) -> bytes:
        buffer = BytesIO()
        with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            sheet = book.add_worksheet()
            head = book.add_format({"bold": True, "bg_color": "#EEF2F6", "border": 1})
            text = book.add_format({"num_format": "@"})
            for column, title in enumerate(dataset.headers):
                sheet.set_column(column, column, max(10, 2 * len(title) + 2))
                sheet.write_string(0, column, title, head)
            for line, row in enumerate(dataset, start=1):
                for column, value in enumerate(row):
                    sheet.write_string(line, column, clean("" if value is None else str(value)), text)
            sheet.freeze_panes(1, 0)
        return buffer.getvalue()


def _rows(table: Table) -> Iterator[list[str]]:
    used = {index: name for name, index in table.names.items()}
    for row, column in sorted({*table.errors, *table.valueless}):
        if column in used and row > table.header_row:
            raise Refusal(f"第 {row + 1} 行“{used[column]}”是错误值或没有结果的公式，请改成文字后再导入")
    for row in range(table.header_row + 1, table.rows):
        cells = [_text(table.columns[index][row]) for index in used]
        if any(cells):
            yield [str(row + 1), *cells]


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float):
        return shown(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


class Shelf(BaseStorage):
    """Keeps an uploaded file between its check and its confirmation, under a name that nobody guesses, for a day.

    The library's own storage opens and deletes whatever file of /tmp the confirmation names.
    """

    def save(self, data: bytes) -> None:
        folder = self._folder()
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if old.stat().st_mtime < time.time() - KEPT_SECONDS:
                old.unlink(missing_ok=True)
        self.name = uuid4().hex
        self._path().write_bytes(data)

    def read(self) -> bytes:
        return self._path().read_bytes()

    def remove(self) -> None:
        self._path().unlink(missing_ok=True)

    def _folder(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "backoffice"

    def _path(self) -> Path:
        if not NAME.fullmatch(str(self.name)):
            raise FileNotFoundError(self.name)
        return self._folder() / str(self.name)
