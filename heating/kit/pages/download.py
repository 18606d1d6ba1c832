"""The one way out of a list or a statement as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.http import FileResponse
from django.utils import timezone

from heating.kit.exports import EXPORT_RECORDERS
from heating.kit.sheets import write_workbook
from heating.kit.tables import Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(
    user: Any, *, title: str, conditions: list[str], table: Table, rows: Iterable[Any], totals: dict[str, Any] | None
) -> FileResponse:
    """Return rows and totals in the table's columns, under conditions, scope, person and time; record the export.

    The conditions are "label：value" each.
    """
    now, asked = timezone.localtime(), "；".join(conditions) or "全部"
    with NamedTemporaryFile(suffix=".xlsx", delete=False) as file:
        path = Path(file.name)
    try:
        head = f"条件：{asked}　{user.export_label}　时间：{now:%Y-%m-%d %H:%M}"
        written = write_workbook(path, title=title, conditions=head, table=table, rows=rows, totals=totals)
        content = path.open("rb")
    finally:
        path.unlink()
    for recorder in EXPORT_RECORDERS:
        recorder(user, title, asked, written)
    name = f"{title}-{now:%Y%m%d-%H%M}.xlsx"
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)


def text_of(field: Any, value: Any) -> str:
    """Return a condition's value as a person reads it."""
    if value is True:
        return "是"
    if isinstance(value, slice):
        return f"{value.start or ''} 至 {value.stop or ''}"
    # Choices that are asked for at the moment of use have no length, so they are only walked through.
    choices = dict(getattr(field, "choices", ()))
    if isinstance(value, list | tuple):
        return "、".join(str(choices.get(v, v)) for v in value)
    return str(choices.get(value, value))
