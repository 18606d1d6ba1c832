"""Workbooks of 户室导入 that no honest person sends, and odd ones that honest people do send.

`KINDS` names each kind with what may come of it: refusal codes, or READ when the rows are read and judged one by one.
The same seed gives the same file.
"""

from __future__ import annotations

import io
import random
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.imports import workbooks as wb

READ = "read"
MEGABYTE = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
HEAD = ["小区", "楼幢", "单元", "户室号", "缴费账号", "建筑面积", "业主姓名", "业主电话"]
HEAD += ["往年欠费采暖季", "往年欠费本金", "备注"]
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
DOCTYPES = (
    '<!DOCTYPE x [<!ENTITY e0 SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    f'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{ENTITIES}]>',
)
ANY_DAMAGE = {READ, "corrupt_file", "not_a_workbook", "encrypted_file", "missing_required_column", "too_many_rows"}
ANY_DAMAGE |= {"unsupported_format", "unpacked_too_large", "sheet_too_large", "duplicate_column", "doctype_forbidden"}

Make = Callable[[random.Random], bytes]


def good_rows(chance: random.Random, count: int = 30) -> list[list[Any]]:
    """Rows that would be imported."""
    start = chance.randrange(10_000_000)
    return [
        [f"考验{start % 7}区", f"{n % 9 + 1}号楼", "1单元", str(n), f"T{start:08d}{n:05d}", 60 + n % 50, f"测试{n}",
         f"16{(start * 100 + n) % 10**9:09d}", None, None, None]
        for n in range(count)
    ]  # fmt: skip


def changed(chance: random.Random, column: str, value: Any) -> bytes:
    """A good file with one odd cell."""
    rows = good_rows(chance)
    chance.choice(rows)[HEAD.index(column)] = value
    return wb.xlsx([HEAD, *rows])


def good_parts(chance: random.Random, **options: str) -> dict[str, bytes]:
    return wb.parts(wb.sheet_xml([HEAD, *good_rows(chance)], **options))


def bomb(chance: random.Random, part: str = "xl/sharedStrings.xml", fill: bytes = b" ") -> bytes:
    """A small file that unpacks to hundreds of megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, data in good_parts(chance).items():
            if name != part:
                package.writestr(name, data)
        with package.open(part, "w", force_zip64=True) as file:
            for _ in range(chance.choice([60, 150, 450, 1000])):
                file.write(fill * MEGABYTE)
    return out.getvalue()


def many_strings(chance: random.Random) -> bytes:
    """Millions of shared strings, below the limit of unpacked bytes."""
    one = chance.choice([b"<si/>", b"<si><t/></si>", b"<si><t>%d</t></si>"])
    body = b"".join(one % n if b"%" in one else one for n in range(200_000)) * 20
    strings = b'<sst xmlns="' + wb.MAIN.encode() + b'">' + body + b"</sst>"
    contents = good_parts(chance) | {"xl/sharedStrings.xml": strings, "x": chance.randbytes(2 * MEGABYTE)}
    contents["xl/_rels/workbook.xml.rels"] = contents["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="s" Type="{wb.OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'.encode(),
    )
    return wb.packed(contents)


def many_parts(chance: random.Random) -> bytes:
    return wb.packed(good_parts(chance) | {f"x/{n}": b"" for n in range(100_000)})


def with_doctype(chance: random.Random) -> bytes:
    contents = good_parts(chance)
    part = chance.choice(sorted(contents))
    head, _, rest = contents[part].partition(b"?>")
    return wb.packed(contents | {part: head + b"?>" + chance.choice(DOCTYPES).encode() + rest})


def many_rows(chance: random.Random) -> bytes:
    rows = chance.choice([200_001, 450_000, 1_048_575])
    cells = "".join(f'<c r="{letter}{{0}}"><v>1</v></c>' for letter in "AE")
    body = "".join(f'<row r="{n}">{cells.format(n)}</row>' for n in range(2, rows + 2))
    return wb.packed(wb.parts(wb.sheet_xml([HEAD]).replace("</sheetData>", body + "</sheetData>")))


def head_moved(chance: random.Random) -> bytes:
    return wb.xlsx([[]] * chance.randint(20, 40) + [HEAD, *good_rows(chance)])


def head_spoilt(chance: random.Random) -> bytes:
    head = [*HEAD]
    head[chance.randrange(8)] = chance.choice(["房号", "", "面积", "#N/A", "小 区 名"])
    return wb.xlsx([head, *good_rows(chance)])


def head_doubled(chance: random.Random) -> bytes:
    return wb.xlsx([[*HEAD, chance.choice(HEAD)], *good_rows(chance)])


def head_merged(chance: random.Random) -> bytes:
    return wb.packed(good_parts(chance, tail='<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'))


def hidden_rows(chance: random.Random) -> bytes:
    contents = good_parts(chance)
    return wb.packed(contents | {SHEET: contents[SHEET].replace(b'<row r="3"', b'<row hidden="1" r="3"')})


def external_link(chance: random.Random) -> bytes:
    return wb.packed(
        good_parts(chance) | {"xl/externalLinks/externalLink1.xml": b'<externalLink href="http://127.0.0.1:9/"/>'}
    )


def formula(chance: random.Random) -> bytes:
    value = chance.choice(["<v>90</v>", "", "<v></v>"])
    return changed(chance, "建筑面积", f'<c r="F2"><f>cmd|"/c calc"!A0</f>{value}</c>')


def damaged(chance: random.Random, data: bytes) -> bytes:
    spoilt = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def encrypted(chance: random.Random) -> bytes:
    return wb.compound({"EncryptionInfo": b"x", "EncryptedPackage": chance.randbytes(9000)})


def noise(chance: random.Random) -> bytes:
    return chance.choice([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]) + chance.randbytes(5000)


def xls(chance: random.Random, **options: bool) -> bytes:
    return wb.compound({"Workbook": wb.biff([HEAD, *good_rows(chance)], **options)})


def cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(1, len(data))]


ODD_CELLS: dict[str, tuple[object, ...]] = {
    "缴费账号": (6.2e18, 1e300, -5, 0.5, "６２００００００７７", "'0500000077", "5E+09", "\u200b", "x" * 40_000),
    "建筑面积": ("８９．５", "89.5㎡", "1e5", float(2**60), "TRUE", "89,5", "-1", "٣", "9" * 5000, "_x0000_"),
    "业主姓名": ("=1+1", "@x", "张三<b>", "\u202e张三", "𠮷" * 60, "张\x7f三", "#N/A", "{{7*7}}", "\ud7ff\ufffd"),
    "业主电话": (1.6012345678e10, "1.38E+10", "１６０１２３４５６７８", "=HYPERLINK(1)", "/" * 9000, "0" * 3000),
    "往年欠费采暖季": ("2024", 45901, "99999-100000", "2024-2025采暖季" * 99),
    "往年欠费本金": ("￥1,200.00", -1e-9, 1e22, "1_000", "0.001"),
    "备注": ("字" * 3_500_000, "_x000B_", "'; DROP TABLE property_room; --", "%s%d%n"),
}


def odd_cell(chance: random.Random) -> bytes:
    column = chance.choice(sorted(ODD_CELLS))
    value = chance.choice(ODD_CELLS[column])
    return changed(chance, column, value)


KINDS: dict[str, tuple[set[str], Make]] = {
    "bomb in the strings": ({"unpacked_too_large"}, bomb),
    "bomb in the sheet": ({"unpacked_too_large", "sheet_too_large", "corrupt_file"}, lambda c: bomb(c, SHEET, b"<x>")),
    "many strings": ({READ, "unpacked_too_large", "sheet_too_large"}, many_strings),
    "nested zip": ({"not_a_workbook"}, lambda c: wb.packed({"rooms.xlsx": wb.packed(good_parts(c))})),
    "100k parts": ({"unpacked_too_large"}, many_parts),
    "doctype": ({"doctype_forbidden"}, with_doctype),
    "far corner": ({"sheet_too_large"}, lambda c: wb.xlsx([HEAD, *good_rows(c), ['<c r="XFD1048576"><v>1</v></c>']])),
    "16,384 columns": ({"sheet_too_large"}, lambda c: wb.xlsx([[*HEAD, *range(16_384 - len(HEAD))]])),
    "too many rows": ({"too_many_rows", "sheet_too_large"}, many_rows),
    "lying dimension": ({READ}, lambda c: wb.packed(good_parts(c, dimension="A1:XFD1048576"))),
    "external link": ({READ}, external_link),
    "macros": ({"unsupported_format"}, lambda c: wb.packed(good_parts(c) | {"xl/vbaProject.bin": b"x"})),
    "encrypted": ({"encrypted_file"}, encrypted),
    "xls encrypted": ({"encrypted_file"}, lambda c: xls(c, encrypted=True)),
    "text": ({"not_a_workbook"}, lambda c: ",".join(HEAD).encode(c.choice(["gbk", "utf-8", "utf-16"]))),
    "html": ({"not_a_workbook"}, lambda c: "<html><table><tr><td>小区</td></tr></table>".encode()),
    "noise": (ANY_DAMAGE - {READ}, noise),
    "two sheets": ({"multiple_sheets"}, lambda c: wb.packed(wb.parts(*[wb.sheet_xml([HEAD, *good_rows(c)])] * 2))),
    "head too low": ({"missing_required_column"}, head_moved),
    "head spoilt": ({"missing_required_column"}, head_spoilt),
    "head doubled": ({"duplicate_column"}, head_doubled),
    "head merged": ({READ}, head_merged),
    "hidden rows": ({READ}, hidden_rows),
    "formula": ({READ}, formula),
    "odd cell": ({READ, "sheet_too_large", "unpacked_too_large"}, odd_cell),
    "rows twice": ({READ}, lambda c: wb.xlsx([HEAD, *good_rows(c) * 2])),
    "1904, xls": ({READ}, lambda c: xls(c, date1904=True)),
    "truncated": ({"corrupt_file", "not_a_workbook"}, lambda c: cut(c, wb.packed(good_parts(c)))),
    "xls truncated": (ANY_DAMAGE, lambda c: cut(c, xls(c))),
    "damaged": (ANY_DAMAGE, lambda c: damaged(c, wb.packed(good_parts(c)))),
    "xls damaged": (ANY_DAMAGE, lambda c: damaged(c, xls(c))),
}  # fmt: skip
# These take seconds to make; a few of them are enough.
COSTLY = {"bomb in the strings", "bomb in the sheet", "100k parts", "too many rows", "many strings"}


def files(count: int, seed: int = 1, *, costly: int = 3) -> Iterator[tuple[str, bytes]]:
    """Yield `count` files as (kind, bytes), kinds in turn, at most `costly` of a costly one."""
    made = dict.fromkeys(KINDS, 0)
    number = 0
    while number < count:
        for kind, (_, make) in KINDS.items():
            if number == count:
                return
            if kind in COSTLY and made[kind] >= costly:
                continue
            made[kind] += 1
            number += 1
            yield kind, make(random.Random(f"{seed} {kind} {made[kind]}"))


def main(folder: Path, count: int, seed: int) -> None:
    """Write the files into a folder, each named after its number and kind, and at last `ready`."""
    for number, (kind, data) in enumerate(files(count, seed)):
        (folder / f"{number:04d} {kind}.xlsx").write_bytes(data)
    (folder / "ready").touch()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
