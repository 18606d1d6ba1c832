"""A first look into an .xls file: a compound file whose `Workbook` stream is a row of BIFF8 records."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import olefile

from heating.imports.workbook.package import Look
from heating.imports.workbook.refusals import MAX_COLUMNS, WorkbookRefusal
from heating.imports.workbook.scan import Marks

SIGNATURE = olefile.MAGIC

BOF, EOF, BOUNDSHEET, DATEMODE, FILEPASS = 0x0809, 0x000A, 0x0085, 0x0022, 0x002F
FORMULA, BOOLERR = 0x0006, 0x0205
# Records that begin with row and column and hold a value.
CELLS = {FORMULA, BOOLERR, 0x0203, 0x0204, 0x00FD, 0x027E, 0x00D6, 0x00BD}
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def look_into(path: Path) -> Look:
    """Find errors, formulas and the date system; refuse encrypted, foreign and damaged files."""
    try:
        with olefile.OleFileIO(path) as file:
            return _look(file)
    # What is odd in other people's files reaches olefile's arithmetic in many ways.
    except (OSError, struct.error, ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as problem:
        raise WorkbookRefusal("corrupt_file") from problem


def _look(file: olefile.OleFileIO) -> Look:
    names = {entry[0] for entry in file.listdir(streams=True, storages=True)}
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise WorkbookRefusal("encrypted_file")
    if "_VBA_PROJECT_CUR" in names:
        raise WorkbookRefusal("unsupported_format", "文件含有宏")
    if "Workbook" not in names:
        raise WorkbookRefusal("unsupported_format" if "Book" in names else "not_a_workbook")
    return _books(file.openstream("Workbook").read())


def _records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield kind, position and length of each record."""
    at = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, at)
        if not kind and not length:
            return  # padding after the last substream
        if at + 4 + length > len(data):
            raise WorkbookRefusal("corrupt_file")
        yield kind, at + 4, length
        at += 4 + length


def _books(data: bytes) -> Look:
    found, depth = Look(), 0
    starts: dict[int, str] = {}
    marks: Marks | None = None
    for kind, at, _ in _records(data):
        if kind == FILEPASS:
            raise WorkbookRefusal("encrypted_file")
        if kind == BOF:
            depth += 1
            if depth == 1:
                name = starts.get(at - 4)
                marks = found.marks.setdefault(name, Marks()) if name is not None else None
        elif kind == EOF:
            depth -= 1
        elif kind == DATEMODE:
            found.date1904 = data[at] == 1
        elif kind == BOUNDSHEET:
            start, length, wide = struct.unpack_from("<I2xBB", data, at)
            raw = data[at + 8 : at + 8 + length * (1 + (wide & 1))]
            starts[start] = raw.decode("utf-16-le" if wide & 1 else "latin-1")
        elif kind in CELLS and marks is not None and depth == 1:
            _cell(data, kind, at, marks)
    return found


def _cell(data: bytes, kind: int, at: int, marks: Marks) -> None:
    row, column = struct.unpack_from("<HH", data, at)
    if column >= MAX_COLUMNS:
        raise WorkbookRefusal("sheet_too_large")
    if kind == BOOLERR and data[at + 7] == 1:
        marks.errors.append((row, column, ERRORS.get(data[at + 6], "#N/A")))
    elif kind == FORMULA and data[at + 12 : at + 14] == b"\xff\xff" and data[at + 6] == 2:
        marks.errors.append((row, column, ERRORS.get(data[at + 8], "#N/A")))
