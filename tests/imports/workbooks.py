"""Workbooks made byte by byte, good and hostile; the usual writers would refuse to make most of them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from heating.imports.workbook.scan import column_letter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

HEAD = ["小区", "单元", "面积"]
NAMES, REQUIRED = ["小区", "单元", "面积", "备注"], [["小区"], ["面积"]]


def cell(row: int, column: int, value: object) -> str:
    """One inline cell; rows and columns count from 0."""
    reference = f"{column_letter(column)}{row + 1}"
    if isinstance(value, (int, float)):
        return f'<c r="{reference}"><v>{value!r}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def rows_xml(rows: Iterable[Sequence[object]]) -> str:
    """The rows of a sheet; None leaves a cell out, a text that begins with <c is taken as it is."""
    lines = []
    for number, row in enumerate(rows):
        cells = "".join(
            value if isinstance(value, str) and value.startswith("<c ") else cell(number, column, value)
            for column, value in enumerate(row)
            if value is not None
        )
        lines.append(f'<row r="{number + 1}">{cells}</row>')
    return "".join(lines)


def sheet_xml(rows: Iterable[Sequence[object]], tail: str = "", dimension: str = "A1:C2") -> str:
    """A worksheet part."""
    return (
        f'{XML}<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}"><dimension ref="{dimension}"/>'
        '<sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"<sheetData>{rows_xml(rows)}</sheetData>{tail}</worksheet>"
    )


def parts(*sheets: str, properties: str = "") -> dict[str, bytes]:
    """The parts of a package with these worksheets."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for n in numbers
    )
    made = {
        "[Content_Types].xml": f'{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}'
        "</Types>",
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}<sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}">{related}</Relationships>',
    }
    made |= {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in zip(numbers, sheets, strict=True)}
    return {name: text.encode() for name, text in made.items()}


def packed(contents: dict[str, bytes]) -> bytes:
    """Zip parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in contents.items():
            package.writestr(name, data)
    return out.getvalue()


def save(folder: Path, data: bytes, name: str = "file.xlsx") -> Path:
    """Write the file."""
    path = folder / name
    path.write_bytes(data)
    return path


def xlsx(rows: Iterable[Sequence[object]], **options: str) -> bytes:
    """A workbook with one sheet."""
    return packed(parts(sheet_xml(rows, **options)))


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def biff(rows: Iterable[Sequence[object]], *, date1904: bool = False, encrypted: bool = False) -> bytes:
    """The Workbook stream of an .xls file with one sheet; an Exception stands for the error value #N/A."""
    bof, eof = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0), _record(0x000A)
    name = "表1".encode("utf-16-le")
    globals_ = _record(0x0809, bof) + (_record(0x002F, bytes(6)) if encrypted else b"")
    globals_ += _record(0x0022, struct.pack("<H", date1904)) + _record(0x00E0, bytes(20))
    start = len(globals_) + 4 + 8 + len(name) + len(eof)
    globals_ += _record(0x0085, struct.pack("<IBBBB", start, 0, 0, len(name) // 2, 1) + name) + eof
    sheet = _record(0x0809, bof[:2] + struct.pack("<H", 0x0010) + bof[4:])
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            place = struct.pack("<HHH", y, x, 0)
            if isinstance(value, Exception):
                sheet += _record(0x0205, place + b"\x2a\x01")
            elif isinstance(value, (int, float)):
                sheet += _record(0x0203, place + struct.pack("<d", value))
            elif value is not None:
                text = str(value).encode("utf-16-le")
                sheet += _record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)
    return globals_ + sheet + eof


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (.xls, or an encrypted .xlsx) that holds these streams, each at least 4096 bytes long."""
    table, sectors, entries = [], [], []
    for name, data in streams.items():
        data = data.ljust(4096, b"\0")
        count, first = -(-len(data) // 512), len(sectors)
        sectors += [data[i * 512 : (i + 1) * 512].ljust(512, b"\0") for i in range(count)]
        table += [*range(first + 1, first + count), 0xFFFFFFFE]
        entries.append(_entry(name, 2, first, len(data)))
    directory = b"".join([_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1), *entries])
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    first, count = len(sectors), len(directory) // 512
    sectors += [directory[i * 512 : (i + 1) * 512] for i in range(count)]
    table += [*range(first + 1, first + count), 0xFFFFFFFE]
    fats = -(-(len(table) + 1) // 127)
    places = list(range(len(sectors), len(sectors) + fats))
    table += [0xFFFFFFFD] * fats
    table += [0xFFFFFFFF] * (fats * 128 - len(table))
    sectors += [struct.pack("<128I", *table[i * 128 : (i + 1) * 128]) for i in range(fats)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(10) + struct.pack("<IIIIIIII", fats, first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", *(places + [0xFFFFFFFF] * (109 - fats)))
    return header + b"".join(sectors)


def _entry(name: str, kind: int, sector: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        + bytes(36)
        + struct.pack("<III", sector, size, 0)
    )
