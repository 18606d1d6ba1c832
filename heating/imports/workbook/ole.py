"""A first look into an .xls file: a compound file whose `Workbook` stream is a row of BIFF8 records."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from heating.imports.workbook.package import Look
from heating.imports.workbook.refusals import MAX_COLUMNS, MAX_UPLOAD, WorkbookRefusal
from heating.imports.workbook.scan import Marks

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FREE = 0xFFFFFFFA  # this and above are not sectors
SECTORS_IN_HEADER = 109
EMPTY, ROOT = 0, 5

BOF, EOF, BOUNDSHEET, DATEMODE, FILEPASS = 0x0809, 0x000A, 0x0085, 0x0022, 0x002F
FORMULA, BOOLERR = 0x0006, 0x0205
# Records that begin with row and column and hold a value.
CELLS = {FORMULA, BOOLERR, 0x0203, 0x0204, 0x00FD, 0x027E, 0x00D6, 0x00BD}
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def look_into(path: Path) -> Look:
    """Find errors, formulas and the date system; refuse encrypted, foreign and damaged files."""
    try:
        return _look(CompoundFile(path.read_bytes()))
    except (struct.error, IndexError, UnicodeDecodeError, RecursionError) as problem:
        raise WorkbookRefusal("corrupt_file") from problem


class CompoundFile:
    """Just enough of the compound file format to list its streams and read one."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        (shift, small_shift) = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or small_shift != 6:
            raise WorkbookRefusal("corrupt_file")
        self.size = 1 << shift
        directory, self.cutoff, small_table = struct.unpack_from("<I4xII", data, 48)
        (next_list,) = struct.unpack_from("<I", data, 68)
        listed = list(struct.unpack_from(f"<{SECTORS_IN_HEADER}I", data, 76))
        seen = 0
        while next_list < FREE:
            *more, next_list = self._numbers(next_list)
            listed += more
            seen += 1
            if seen * self.size > len(data):
                raise WorkbookRefusal("corrupt_file")
        self.table = [n for sector in listed if sector < FREE for n in self._numbers(sector)]
        self.entries = self._directory(directory)
        root = next((entry for entry in self.entries if entry[1] == ROOT), None)
        self.small = self._chain(root[2], self.table, self.size) if root else b""
        raw = self._chain(small_table, self.table, self.size)
        self.small_table = list(struct.unpack(f"<{len(raw) // 4}I", raw))

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        if start >= len(self.data):
            raise WorkbookRefusal("corrupt_file")
        return self.data[start : start + self.size]

    def _numbers(self, sector: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self.size // 4}I", self._sector(sector))

    def _chain(self, start: int, table: list[int], size: int, small: bool = False) -> bytes:
        parts: list[bytes] = []
        sector = start
        while sector < FREE:
            if len(parts) * size > MAX_UPLOAD:
                raise WorkbookRefusal("corrupt_file")
            parts.append(self.small[sector * size : (sector + 1) * size] if small else self._sector(sector))
            sector = table[sector]
        return b"".join(parts)

    def _directory(self, start: int) -> list[tuple[str, int, int, int]]:
        """Return name, kind, first sector and size of each entry."""
        raw, found = self._chain(start, self.table, self.size), []
        for at in range(0, len(raw) - 127, 128):
            length, kind = struct.unpack_from("<HB", raw, at + 64)
            sector, size = struct.unpack_from("<II", raw, at + 116)
            if kind != EMPTY:
                found.append((raw[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le"), kind, sector, size))
        return found

    def names(self) -> set[str]:
        return {entry[0] for entry in self.entries}

    def stream(self, name: str) -> bytes:
        _, _, sector, size = next(entry for entry in self.entries if entry[0] == name)
        if size < self.cutoff:
            return self._chain(sector, self.small_table, 64, small=True)[:size]
        return self._chain(sector, self.table, self.size)[:size]


def _look(file: CompoundFile) -> Look:
    names = file.names()
    if names & {"EncryptedPackage", "EncryptionInfo"}:
        raise WorkbookRefusal("encrypted_file")
    if "_VBA_PROJECT_CUR" in names:
        raise WorkbookRefusal("unsupported_format", "文件含有宏")
    if "Workbook" not in names:
        raise WorkbookRefusal("unsupported_format" if "Book" in names else "not_a_workbook")
    return _books(file.stream("Workbook"))


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
