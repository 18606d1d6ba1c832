"""A first look into an .xlsx package, before any reader opens it."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

from heating.imports.workbook.refusals import (
    MAX_PARTS,
    MAX_RATIO,
    MAX_UNPACKED,
    MEGABYTE,
    RATIO_MATTERS,
    WorkbookRefusal,
)
from heating.imports.workbook.scan import Marks, scan

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
LOCAL_HEADER = struct.Struct("<4s22xHH")
CHUNK = 4 * MEGABYTE
ENCRYPTED = 0x1
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
TAIL = 32
# "<!DOCTYPE" in the encodings an XML part may have.
DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))


@dataclass
class Look:
    """What the first look found: the date system and, by name of sheet, its marks."""

    date1904: bool = False
    marks: dict[str, Marks] = field(default_factory=dict)


def look_into(path: Path) -> Look:
    """Check the package part by part, counting every unpacked byte; refuse what must not be opened."""
    with path.open("rb") as file:
        try:
            package = Package(file, path.stat().st_size)
            return package.look()
        except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError) as problem:
            raise WorkbookRefusal("corrupt_file") from problem


class Package:
    """The parts of one zip file, unpacked only in chunks and counted together."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file, self.size = file, size
        self.unpacked = 0
        self.sizes: dict[str, int] = {}
        parts = zipfile.ZipFile(file).infolist()
        if len(parts) > MAX_PARTS:
            raise WorkbookRefusal("unpacked_too_large", "压缩包内的文件过多")
        self.parts = {part.filename: part for part in parts}
        if len(self.parts) < len(parts):
            raise WorkbookRefusal("corrupt_file")

    def look(self) -> Look:
        self._kind()
        found = Look()
        sheets = self._sheets(found)
        for name in self.parts:
            if name in sheets:
                found.marks[sheets[name]] = scan(partial(self.unpack, name))
            else:
                for _ in self.unpack(name):
                    pass
        return found

    def _kind(self) -> None:
        names = self.parts
        if any(part.flag_bits & ENCRYPTED for part in names.values()):
            raise WorkbookRefusal("encrypted_file")
        if "xl/workbook.bin" in names or "content.xml" in names:
            raise WorkbookRefusal("unsupported_format")
        if any(posixpath.basename(name).lower() == "vbaproject.bin" for name in names):
            raise WorkbookRefusal("unsupported_format", "文件含有宏")
        if WORKBOOK not in names or RELATIONS not in names:
            raise WorkbookRefusal("not_a_workbook")

    def _sheets(self, found: Look) -> dict[str, str]:
        """Return the part of each sheet and its name; read the date system on the way."""
        try:
            book = ElementTree.fromstring(self.whole(WORKBOOK))  # noqa: S314 no DOCTYPE gets this far
            relations = ElementTree.fromstring(self.whole(RELATIONS))  # noqa: S314
        except ElementTree.ParseError as problem:
            raise WorkbookRefusal("corrupt_file") from problem
        targets = {item.get("Id"): item.get("Target", "") for item in relations.iter()}
        sheets = {}
        for item in book.iter():
            tag = item.tag.rpartition("}")[2]
            if tag == "workbookPr":
                found.date1904 = item.get("date1904") in ("1", "true")
            elif tag == "sheet":
                ids = [value for key, value in item.attrib.items() if key.endswith("}id")]
                target = targets.get(ids[0], "") if ids else ""
                part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
                sheets[part] = item.get("name", "")
        return sheets

    def whole(self, name: str) -> bytes:
        return b"".join(self.unpack(name))

    def unpack(self, name: str) -> Iterator[bytes]:
        """Yield the part's bytes as they really are, whatever size the directory claims."""
        size, tail = 0, b""
        for chunk in self._inflate(self.parts[name]):
            size += len(chunk)
            self._count(name, size)
            if any(mark in tail + chunk for mark in DOCTYPES):
                raise WorkbookRefusal("doctype_forbidden")
            tail = chunk[-TAIL:]
            yield chunk
        if size != self.parts[name].file_size:
            raise WorkbookRefusal("corrupt_file")

    def _count(self, name: str, size: int) -> None:
        """Count a part once, however often it is read."""
        known = self.sizes.get(name, 0)
        self.sizes[name] = max(known, size)
        self.unpacked += self.sizes[name] - known
        if self.unpacked > MAX_UNPACKED or (self.unpacked > RATIO_MATTERS and self.unpacked > MAX_RATIO * self.size):
            raise WorkbookRefusal("unpacked_too_large")

    def _inflate(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        self.file.seek(part.header_offset)
        signature, name, extra = LOCAL_HEADER.unpack(self.file.read(LOCAL_HEADER.size))
        if signature != b"PK\x03\x04" or part.compress_type not in (STORED, DEFLATED):
            raise WorkbookRefusal("corrupt_file")
        position, left = part.header_offset + LOCAL_HEADER.size + name + extra, part.compress_size
        inflater, crc = zlib.decompressobj(-zlib.MAX_WBITS), 0
        while left > 0:
            self.file.seek(position)
            packed = self.file.read(min(left, MEGABYTE // 4))
            if not packed:
                raise EOFError
            position, left = position + len(packed), left - len(packed)
            while packed:
                chunk = packed if part.compress_type == STORED else inflater.decompress(packed, CHUNK)
                packed = b"" if part.compress_type == STORED else inflater.unconsumed_tail
                crc = zlib.crc32(chunk, crc)
                if chunk:
                    yield chunk
            if inflater.eof:
                break
        rest = inflater.flush() if part.compress_type == DEFLATED else b""
        if rest:
            yield rest
        if zlib.crc32(rest, crc) != part.CRC:
            raise WorkbookRefusal("corrupt_file")
