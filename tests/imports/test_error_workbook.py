"""The errors marked in the person's own workbook, and the plain list where that is too much."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import timezone
from openpyxl.styles import Font, PatternFill

from heating.imports import error_workbook
from heating.imports.error_workbook import marked_workbook, write_errors
from heating.imports.importer import IMPORTERS, Destination
from heating.imports.result import Result
from heating.imports.workbook import WorkbookRefusal
from tests import build
from tests.imports import workbooks as wb
from tests.imports.files import ROOM_HEAD, room, save

RED, YELLOW = "00FFC7CE", "00FFEB9C"


@pytest.fixture
def to(db: Any) -> Destination:
    site = build.site(build.company())
    build.product(build.season(site.company))
    return Destination(site.company_id, site.pk, None, timezone.localdate())


def styled(path: Path) -> Path:
    """Dress a file up as people do: a title above, a coloured header, widths, a second sheet, a formula."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    sheet.insert_rows(1)
    sheet["A1"], sheet["A1"].font = "东城收费站台账", Font(bold=True, size=18)
    for cell in sheet[2]:
        cell.fill = PatternFill("solid", fgColor="00DDEEFF")
    sheet.column_dimensions["A"].width = 33
    sheet["T3"] = "=1+1"
    name = sheet.cell(6, ROOM_HEAD.index("业主姓名*") + 1)
    name.value, name.data_type = "=张三", "s"
    book.create_sheet("备忘")["A1"] = "不要动"
    book.save(path)
    return path


def check(path: Path, to: Destination) -> Result:
    return IMPORTERS["rooms"].check(path, to)


def marked(path: Path, to: Destination, target: Path) -> Any:
    assert marked_workbook(path, target, check(path, to))
    return openpyxl.load_workbook(target)


def test_the_cells_are_marked_and_the_layout_stays(to: Destination, tmp_path: Path) -> None:
    rows = [room(1), room(2, 业主电话="无"), room(3, 建筑面积="80.555"), room(4)]
    path = styled(save(tmp_path / "台账.xlsx", rows))
    book = marked(path, to, tmp_path / "out.xlsx")
    sheet = book["数据"]
    phone, area = ROOM_HEAD.index("业主电话*") + 1, ROOM_HEAD.index("建筑面积*") + 1
    assert sheet.cell(4, phone).fill.fgColor.rgb == RED and "J4" in sheet.cell(4, phone).comment.text
    assert sheet.cell(5, area).fill.fgColor.rgb == YELLOW and "四舍五入" in sheet.cell(5, area).comment.text
    assert sheet.cell(3, phone).comment is None and sheet.cell(3, phone).fill.fill_type is None
    assert sheet["A1"].value == "东城收费站台账" and sheet["A1"].font.size == 18
    assert sheet["B2"].fill.fgColor.rgb == "00DDEEFF" and sheet.column_dimensions["A"].width == 33
    assert book["备忘"]["A1"].value == "不要动" and sheet["T3"].value == "=1+1"
    name = sheet.cell(6, ROOM_HEAD.index("业主姓名*") + 1)
    assert name.value == "=张三" and name.data_type == "s"
    reasons = {cell.row: cell.value for cell in next(c for c in sheet.iter_cols() if c[1].value == "错误原因")[2:]}
    assert "J4" in reasons[4] and reasons[5].startswith("提醒：") and not reasons[3] and not reasons[6]


def test_a_marked_file_that_is_corrected_and_checked_again_loses_its_marks(to: Destination, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [room(1, 业主电话="无"), room(2, 建筑面积="约90")])
    first = tmp_path / "first.xlsx"
    book = marked(path, to, first)
    phone = book.active.cell(2, ROOM_HEAD.index("业主电话*") + 1)
    phone.value = "16000000001"
    book.save(first)
    again = marked(first, to, tmp_path / "second.xlsx").active
    fixed = again.cell(2, phone.column)
    assert fixed.comment is None and fixed.fill.fill_type is None
    titles = [cell.value for cell in again[1]]
    assert titles.count("错误原因") == 1
    assert [again.cell(row, titles.index("错误原因") + 1).value is None for row in (2, 3)] == [True, False]


def test_a_long_sheet_and_a_file_that_openpyxl_cannot_take_get_the_plain_list(
    to: Destination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "a.xlsx", [room(1), room(2, 建筑面积="约90")])
    monkeypatch.setattr(error_workbook, "MOST_ROWS", 2)
    write_errors(path, tmp_path / "long.xlsx", check(path, to))
    monkeypatch.undo()
    monkeypatch.setattr(error_workbook, "mark_own", lambda *args: False)
    write_errors(path, tmp_path / "odd.xlsx", check(path, to))
    for name in ("long.xlsx", "odd.xlsx"):
        rows = list(openpyxl.load_workbook(tmp_path / name).active.iter_rows(values_only=True))
        assert len(rows) == 2 and "原行号" in rows[0] and "3" in rows[1]


def test_what_the_reader_refuses_never_reaches_openpyxl(to: Destination, tmp_path: Path) -> None:
    path = wb.save(tmp_path, b"PK\x03\x04 no workbook")
    with pytest.raises(WorkbookRefusal):
        check(path, to)
    good = check(save(tmp_path / "a.xlsx", [room(1, 建筑面积="约90")]), to)
    assert not marked_workbook(path, tmp_path / "out.xlsx", good) and not (tmp_path / "out.xlsx").exists()
