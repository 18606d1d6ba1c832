"""What one kind of import is, and the registry of the kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from heating.imports.result import Result
from heating.imports.sheet import Sheet, read_sheet
from heating.imports.template import Template
from heating.imports.workbook import read_table

if TYPE_CHECKING:
    # AppConfigs import this file before there are models.
    from heating.imports.models import Batch


@dataclass(frozen=True)
class Destination:
    """The company that the rows belong to, the office of new rows, the person (None: the system), the day."""

    company_id: int
    office_id: int
    actor: Any
    on: date


class Importer:
    """One kind of import: subclass it and list the class in `importers` of the app's AppConfig.

    `made` and `actions` are the labels of what `load` counts and of what a row may do, as the batch page shows them.
    `hint` stands below the file field; `undo_warning` says what taking a batch back deletes.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    permission: ClassVar[str]
    made: ClassVar[Mapping[str, str]] = {}
    actions: ClassVar[Mapping[str, str]] = {"create": "新建", "unchanged": "无变化", "duplicate": "重复"}
    hint: ClassVar[str] = ".xlsx 或 .xls，不超过 20 MB、200,000 行；上传后先检查，不会写入任何数据"
    undo_warning: ClassVar[str] = "本批次新建的数据都会删除。"

    def template(self, to: Destination) -> Template:
        """Return the columns of a file, as they are for this destination."""
        raise NotImplementedError

    def check_rows(self, sheet: Sheet, to: Destination) -> Result:
        """Compare the rows with each other and with what is stored. Writes nothing."""
        return Result(sheet, sheet.errors, sheet.warnings)

    def check(self, path: Path, to: Destination) -> Result:
        """Read a file and check it; `WorkbookRefusal` when it cannot be taken at all. Writes nothing."""
        template = self.template(to)
        table = read_table(path, names=template.names, required=template.required)
        return self.check_rows(read_sheet(template, table), to)

    def load(self, result: Result, to: Destination, batch: Batch) -> dict[str, Any]:
        """Write the good rows in the caller's transaction; return how many of each thing."""
        raise NotImplementedError

    def undo(self, batch: Batch, to: Destination) -> dict[str, Any]:
        """Take a batch back in the caller's transaction; `Refusal` when somebody has used what it made."""
        raise NotImplementedError

    def stands(self, batch: Batch) -> bool:
        """Say whether all that the batch made is still there."""
        raise NotImplementedError


IMPORTERS: dict[str, Importer] = {}


def register_importer(importer: Importer) -> None:
    """Make a kind of import known to the pages, the worker and the shell."""
    if importer.kind in IMPORTERS:
        raise ValueError(f"importer {importer.kind!r} is declared twice")
    IMPORTERS[importer.kind] = importer


def made_labels(*importers: Importer) -> dict[str, str]:
    """Return the labels of what these importers, or all, count as made."""
    labels = {"duplicates": "重复未建", "unchanged": "无变化"}
    for importer in importers or IMPORTERS.values():
        labels |= importer.made
    return labels
