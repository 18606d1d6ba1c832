"""Uploaded workbooks: what can be read is read as it is, what cannot is refused with a code and a sentence."""

from __future__ import annotations

import random
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from heating.imports.workbook import Table, WorkbookRefusal, package, read_table
from heating.imports.workbook.header import header_name
from tests.imports import workbooks as wb
from tests.imports.workbooks import HEAD, NAMES, REQUIRED

GOOD = [HEAD, ["一区", "1单元", 89.5], ["二区", "", "90"]]


def read(path: Path) -> Table:
    return read_table(path, names=NAMES, required=REQUIRED)


def refused(path: Path) -> str:
    with pytest.raises(WorkbookRefusal) as caught:
        read(path)
    assert caught.value.sentence and any("一" <= c <= "鿿" for c in caught.value.sentence)
    return caught.value.code


def column(table: Table, name: str) -> list[object]:
    found = table.column(name)
    assert found is not None
    return [found[row] for row in range(table.header_row + 1, table.rows)]


def test_reads_text_and_numbers(tmp_path: Path) -> None:
    table = read(wb.save(tmp_path, wb.xlsx([["标题"], *GOOD])))
    assert (table.header_row, table.rows) == (1, 4)
    assert column(table, "小区") == ["一区", "二区"]
    assert column(table, "面积") == [89.5, "90"]


def test_reads_the_old_format_with_its_errors_and_date_system(tmp_path: Path) -> None:
    rows = [HEAD, ["一区", ValueError(), 89.5]]
    data = wb.compound({"Workbook": wb.biff(rows, date1904=True)})
    table = read(wb.save(tmp_path, data, "file.xls"))
    assert column(table, "面积") == [89.5]
    assert table.errors == {(1, 1): "#N/A"} and table.date1904


def test_the_kind_is_seen_from_the_content_not_from_the_name(tmp_path: Path) -> None:
    assert read(wb.save(tmp_path, wb.xlsx(GOOD), "file.xls")).rows == 3
    assert read(wb.save(tmp_path, wb.compound({"Workbook": wb.biff(GOOD)}), "file.xlsx")).rows == 3


def test_a_sheet_that_begins_further_right_keeps_its_columns(tmp_path: Path) -> None:
    table = read(wb.save(tmp_path, wb.xlsx([[None, None, *HEAD], [None, None, "一区", "", 5]])))
    assert table.names == {"小区": 2, "单元": 3, "面积": 4} and column(table, "面积") == [5.0]


ERROR = '<c r="B2" t="e"><v>#N/A</v></c>'
FORMULA = '<c r="B2"><f>A1</f></c>'
PLAIN = "<worksheet"


@pytest.mark.parametrize("rewrite", ["", "prefix", "quotes", "comment", "order", "unreferenced"])
def test_error_cells_and_formulas_without_value_are_seen_however_they_are_written(rewrite: str, tmp_path: Path) -> None:
    rows = [HEAD, ["一区", ERROR, '<c r="C2"><f>1+1</f><v>2</v></c>'], ["二区", FORMULA.replace("B2", "B3"), 5]]
    rows.append(["三区", '<c r="B4" t="str"><f>""</f><v></v></c>', '<c r="C4"><f t="shared" si="0"/></c>'])
    xml = wb.sheet_xml(rows)
    if rewrite == "prefix":
        for tag in ("worksheet", "sheetData", "row", "c", "v", "f", "is", "t", "dimension"):
            xml = (
                xml.replace(f"<{tag} ", f"<x:{tag} ")
                .replace(f"<{tag}>", f"<x:{tag}>")
                .replace(f"</{tag}>", f"</x:{tag}>")
            )
        xml = xml.replace("xmlns=", "xmlns:x=")
        xml = xml.replace(
            '<sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>', ""
        )
    elif rewrite == "quotes":
        xml = xml.replace('t="e"', "t='e'")
    elif rewrite == "comment":
        xml = xml.replace('<c r="B2"', '<!-- <c --><c r="B2"')
    elif rewrite == "order":
        xml = xml.replace('<c r="B2" t="e">', '<c t="e" r="B2">')
    elif rewrite == "unreferenced":
        xml = xml.replace('<c r="B2"', "<c").replace('<row r="2">', "<row>")
    table = read(wb.save(tmp_path, wb.packed(wb.parts(xml))))
    assert table.errors == {(1, 1): "#N/A"}
    assert table.valueless == {(2, 1), (3, 2)}


def test_merged_ranges_and_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEAD)
    sheet.append(["一区", date(2025, 3, 1), 5])
    sheet.append(["", "", True])
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "file.xlsx")
    table = read(tmp_path / "file.xlsx")
    assert table.merges == [(1, 0, 2, 0)]
    assert column(table, "单元")[0] == date(2025, 3, 1)
    assert column(table, "面积") == [5.0, "TRUE"]


def test_the_1904_date_system_is_reported(tmp_path: Path) -> None:
    data = wb.packed(wb.parts(wb.sheet_xml(GOOD), properties='<workbookPr date1904="1"/>'))
    assert read(wb.save(tmp_path, data)).date1904


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("建筑面积*（㎡）", "建筑面积"),
        ("楼 幢*", "楼幢"),
        ("用户类型（私户/公户）", "用户类型"),
        ("往年欠费\n采暖季", "往年欠费采暖季"),
        ("＊小区", "小区"),
        ("\u200b缴费账号【必填】", "缴费账号"),
        ("房号", "房号"),
    ],
)
def test_header_names(title: str, name: str) -> None:
    assert header_name(title) == name


def test_other_sheets_are_ignored_and_two_of_the_template_refused(tmp_path: Path) -> None:
    good, other = wb.sheet_xml(GOOD), wb.sheet_xml([["小区", "说明"], ["x", "y"]])
    assert read(wb.save(tmp_path, wb.packed(wb.parts(other, good)))).sheet == "表2"
    assert refused(wb.save(tmp_path, wb.packed(wb.parts(good, good)))) == "multiple_sheets"


def test_header_must_be_complete_and_without_doubles(tmp_path: Path) -> None:
    assert refused(wb.save(tmp_path, wb.xlsx([["小区", "单元"], ["x", "y"]]))) == "missing_required_column"
    assert refused(wb.save(tmp_path, wb.xlsx([["x"]] * 20 + GOOD))) == "missing_required_column"
    assert read(wb.save(tmp_path, wb.xlsx([["x"]] * 19 + GOOD))).header_row == 19
    assert refused(wb.save(tmp_path, wb.xlsx([["小区", "面积", "小区*"], ["x", 1, "y"]]))) == "duplicate_column"


def test_blank_cells_far_away_do_no_harm(tmp_path: Path) -> None:
    far = '<c r="XFD1" s="0"/>'
    xml = wb.sheet_xml([[*HEAD, far], ["一区", "", 5]]).replace(
        "</sheetData>", '<row r="1048576"><c r="A1048576"/></row></sheetData>'
    )
    assert read(wb.save(tmp_path, wb.packed(wb.parts(xml)))).rows < 1000


def bomb(size: int) -> bytes:
    """A valid workbook whose strings part unpacks to `size` MB of spaces."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in wb.parts(wb.sheet_xml(GOOD)).items():
            package.writestr(name, data)
        with package.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _ in range(size):
                part.write(b" " * 1024 * 1024)
    return out.getvalue()


def lying(data: bytes, part: str) -> bytes:
    """Let the directory claim that the part unpacks to 10 bytes."""
    at = data.rindex(part.encode()) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    return data[: at + 24] + struct.pack("<I", 10) + data[at + 28 :]


def spoilt(part: str, change: Callable[[bytes], bytes]) -> bytes:
    contents = wb.parts(wb.sheet_xml(GOOD))
    return wb.packed(contents | {part: change(contents[part])})


DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def after_declaration(data: bytes) -> bytes:
    return data.replace(b"?>\n", b"?>\n" + DOCTYPE, 1)


def hostile() -> dict[str, tuple[str, Callable[[], bytes]]]:
    good = wb.parts(wb.sheet_xml(GOOD))
    return {
        "empty": ("not_a_workbook", lambda: b""),
        "text": ("not_a_workbook", lambda: "小区,单元,面积\n".encode("gbk")),
        "html": ("not_a_workbook", lambda: b"<html><table><tr><td>1</td></tr></table></html>"),
        "other zip": ("not_a_workbook", lambda: wb.packed({"word/document.xml": b"<x/>"})),
        "nested zip": ("not_a_workbook", lambda: wb.packed({"file.xlsx": wb.packed(good)})),
        "ods": ("unsupported_format", lambda: wb.packed({"content.xml": b"<x/>"})),
        "xlsb": ("unsupported_format", lambda: wb.packed({"xl/workbook.bin": b"x"})),
        "macros": ("unsupported_format", lambda: wb.packed(good | {"xl/vbaProject.bin": b"x"})),
        "excel 95": ("unsupported_format", lambda: wb.compound({"Book": b"x"})),
        "word 97": ("not_a_workbook", lambda: wb.compound({"WordDocument": b"x"})),
        "password": ("encrypted_file", lambda: wb.compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"})),
        "xls password": ("encrypted_file", lambda: wb.compound({"Workbook": wb.biff(GOOD, encrypted=True)})),
        "truncated": ("corrupt_file", lambda: wb.packed(good)[:-300]),
        "half": ("corrupt_file", lambda: wb.packed(good)[:900]),
        "xls truncated": ("corrupt_file", lambda: wb.compound({"Workbook": wb.biff(GOOD)})[:2000]),
        "bytes flipped": ("corrupt_file", lambda: flipped(wb.packed(good))),
        "lying size": ("corrupt_file", lambda: lying(wb.packed(good), SHEET)),
        "broken xml": ("corrupt_file", lambda: spoilt("xl/workbook.xml", lambda data: data[:-20])),
        "broken sheet": ("corrupt_file", lambda: spoilt(SHEET, lambda data: data[:-30])),
        "doctype": ("doctype_forbidden", lambda: spoilt(SHEET, after_declaration)),
        "doctype in rels": ("doctype_forbidden", lambda: spoilt("xl/_rels/workbook.xml.rels", after_declaration)),
        "doctype utf-16": ("doctype_forbidden", lambda: wb.packed(good | {STRINGS: DOCTYPE.decode().encode("utf-16")})),
        "bomb by ratio": ("unpacked_too_large", lambda: bomb(100)),
        "too many parts": ("unpacked_too_large", lambda: wb.packed(good | {f"x/{n}": b"" for n in range(2100)})),
        "corners": ("sheet_too_large", lambda: wb.xlsx([*GOOD, ['<c r="XFD1048576"><v>1</v></c>']])),
        "columns": ("sheet_too_large", lambda: wb.xlsx([[*HEAD, *range(70)], ["x", "", 1]])),
        "xls columns": ("sheet_too_large", lambda: wb.compound({"Workbook": wb.biff([[*HEAD, *range(70)]])})),
        "a million rows": ("too_many_rows", many_rows),
        "big file": ("file_too_large", lambda: wb.packed(good) + bytes(21 * 1024 * 1024)),
    }


def flipped(data: bytes) -> bytes:
    at = data.index(b"PK\x01\x02") - 60
    return data[:at] + bytes(b ^ 0x55 for b in data[at : at + 30]) + data[at + 30 :]


def many_rows() -> bytes:
    row = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'
    body = "".join(row.format(n) for n in range(2, 450_000))
    xml = wb.sheet_xml([HEAD]).replace("</sheetData>", body + "</sheetData>")
    return wb.packed(wb.parts(xml))


@pytest.mark.parametrize("kind", hostile())
def test_whole_file_is_refused(kind: str, tmp_path: Path) -> None:
    code, make = hostile()[kind]
    assert refused(wb.save(tmp_path, make())) == code


def test_a_lying_dimension_and_external_links_do_no_harm(tmp_path: Path) -> None:
    contents = wb.parts(wb.sheet_xml(GOOD, dimension="A1:XFD1048576"))
    contents["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    assert read(wb.save(tmp_path, wb.packed(contents))).rows == 3


def test_control_characters_and_a_cell_of_ten_megabytes_are_read_or_refused(tmp_path: Path) -> None:
    assert column(read(wb.save(tmp_path, wb.xlsx([HEAD, ["_x0000_\x7f", "", 1]]))), "面积") == [1.0]
    data = wb.xlsx([HEAD, ["字" * 3_500_000, "", 1]])
    try:
        assert column(read(wb.save(tmp_path, data)), "面积") == [1.0]
    except WorkbookRefusal as refusal:
        assert refusal.code in ("unpacked_too_large", "sheet_too_large")


def test_a_sheet_of_many_row_heights_is_read(tmp_path: Path) -> None:
    """Someone set the height of every row: more than 16 MB of rows without a cell between two cells."""
    tall = "".join(
        f'<row r="{n}" spans="1:18" ht="15.75" customHeight="1" x14ac:dyDescent="0.25"/>' for n in range(10, 260_000)
    )
    sheet = (
        wb.sheet_xml(GOOD)
        .replace("</sheetData>", f"{tall}</sheetData>")
        .replace(
            "<worksheet ", '<worksheet xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" ', 1
        )
    )
    assert len(tall) > 17 * 1024 * 1024
    table = read(wb.save(tmp_path, wb.packed(wb.parts(sheet))))
    assert table.rows == len(GOOD)


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(WorkbookRefusal) as caught:
        read_table(wb.save(tmp_path, wb.xlsx(GOOD)), names=NAMES, required=REQUIRED, seconds=0.001)
    assert caught.value.code == "sheet_too_large"


@pytest.mark.parametrize("seed", range(40))
def test_damage_anywhere_never_gets_past_the_child(seed: int, tmp_path: Path) -> None:
    """Each seed damages a good file of either format at random; it is read or refused, nothing else."""
    chance = random.Random(seed)
    data = bytearray(wb.compound({"Workbook": wb.biff(GOOD)}) if seed % 2 else wb.xlsx(GOOD))
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        read(wb.save(tmp_path, bytes(data)))
    except WorkbookRefusal as refusal:
        assert refusal.code in (
            "corrupt_file",
            "not_a_workbook",
            "encrypted_file",
            "missing_required_column",
            "sheet_too_large",
            "unsupported_format",
            "unpacked_too_large",
            "duplicate_column",
        )


def test_without_the_first_look_the_corners_would_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the look is what refuses; blinded, it lets the same file pass."""
    path = wb.save(tmp_path, wb.xlsx([*GOOD, ['<c r="XFD1048576"><v>1</v></c>']]))
    with pytest.raises(WorkbookRefusal):
        package.look_into(path)
    monkeypatch.setattr("heating.imports.workbook.scan.NOT_PLAIN", re.compile(b"(?!)"))
    assert package.look_into(path).marks
