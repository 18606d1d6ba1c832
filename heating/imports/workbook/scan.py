"""What calamine does not tell about a sheet: corners of the grid, error cells, formulas without a cached value.

`quick` reads the form that Excel, WPS and all usual writers give, with byte searches; anything else goes to expat.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from heating.imports.workbook.refusals import MAX_COLUMNS, MAX_GRID_ROWS, MAX_ROWS, MEGABYTE, WorkbookRefusal

Chunks = Callable[[], Iterator[bytes]]

CONTENT = rb'"(?![^>]*/>)[^>]*>(?!</c>)'
# Columns after BL (64) and rows after 400,000, where they hold something; blank formatted cells do not count.
FAR_COLUMN = re.compile(rb'<c r="(?:[A-Z]{3,}|[C-Z][A-Z]|B[M-Z])\d+' + CONTENT)
FAR_ROW = re.compile(rb'<c r="[A-Z]+(?:[4-9]\d{5}|\d{7,})' + CONTENT)
# One pass over the cells finds nothing in nearly every sheet: all are `<c r="A1…` within A1:BL399999.
NOT_PLAIN = re.compile(rb'<c(?! r="(?:[A-Z]|A[A-Z]|B[A-L])(?:[1-9]\d{0,4}|[1-3]\d{5})"|ol)')
UNUSUAL = re.compile(rb'<c(?! r="[A-Z]{1,3}[1-9]\d*"|ol)')
ERROR = re.compile(rb"""<c r="([A-Z]+)(\d+)"[^>]*?\bt=["']e["'][^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?(?:<v>([^<]*))?""")
NO_VALUE = re.compile(
    rb'<c r="([A-Z]+)(\d+)"([^>]*)>\s*<f(?:\s[^>]*/>|\s*/>|(?:\s[^>]*)?>[^<]*</f>)\s*(</c>|<v\s*/>|<v></v>)'
)
MAX_CELL = 16 * MEGABYTE
# A worksheet needs six; the parser keeps every open element in memory.
MAX_DEPTH = 100

Cell = tuple[int, int]


@dataclass
class Marks:
    """Cells counted from 0 as (row, column): error values with their text, formulas without a cached value."""

    errors: list[tuple[int, int, str]] = field(default_factory=list)
    valueless: list[Cell] = field(default_factory=list)


class Unusual(Exception):
    """The sheet is not written in the usual form."""


def scan(chunks: Chunks) -> Marks:
    """Look through one sheet's XML; refuse what a dense reader must not open."""
    try:
        return quick(chunks())
    except Unusual:
        return thorough(chunks())


def column_index(letters: bytes | str) -> int:
    """Return 0 for A, 25 for Z, 26 for AA."""
    index = 0
    for letter in letters if isinstance(letters, bytes) else letters.encode():
        index = index * 26 + letter - 64
    return index - 1


def column_letter(index: int) -> str:
    """Return A for 0, AA for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def quick(chunks: Iterator[bytes]) -> Marks:
    """Search whole blocks of cells; `Unusual` when they are not written `<c r="A1" …>`."""
    marks, rows, rest, begun, ended = Marks(), 0, b"", False, False
    for chunk in chunks:
        if ended:
            continue  # read on, so that the whole part is counted and checked
        block = rest + chunk
        if not begun:
            if len(block) < 200:
                rest = block
                continue
            if (
                not block.startswith((b"<?xml", b"\xef\xbb\xbf<?xml", b"<worksheet"))
                or b"<worksheet" not in block[:2000]
            ):
                raise Unusual
            begun = True
        end = block.find(b"</sheetData>")
        # Rows may hold nothing but their height, so a block ends at a cell or at a row.
        cut = end if end >= 0 else max(block.rfind(b"<c "), block.rfind(b"<row"))
        if cut < 0:
            cut = 0
        block, rest = block[:cut], block[cut:]
        rows += block.count(b"<row")
        _look(block, rows, marks)
        ended = end >= 0
        if not ended and len(rest) > MAX_CELL:
            raise WorkbookRefusal("sheet_too_large", "有一个单元格的内容过长")
    if not ended:
        raise Unusual  # `<sheetData/>`, or something else: let the parser say
    return marks


def _look(block: bytes, rows: int, marks: Marks) -> None:
    if b"<!" in block:
        raise Unusual  # comments and CDATA could hide anything from a search
    if NOT_PLAIN.search(block):
        if UNUSUAL.search(block):
            raise Unusual
        if FAR_ROW.search(block):
            raise WorkbookRefusal("too_many_rows" if rows > MAX_ROWS else "sheet_too_large")
        if FAR_COLUMN.search(block):
            raise WorkbookRefusal("sheet_too_large")
    _mark(block, marks)


def _mark(block: bytes, marks: Marks) -> None:
    if b't="e"' in block or b"t='e'" in block:
        for letters, row, text in ERROR.findall(block):
            marks.errors.append((int(row) - 1, column_index(letters), text.decode(errors="replace")))
    if b"<f" in block:
        for letters, row, attributes, tail in NO_VALUE.findall(block):
            # A text formula with an empty result has a value: the empty text.
            if tail == b"</c>" or b't="str"' not in attributes:
                marks.valueless.append((int(row) - 1, column_index(letters)))


REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


class _Reader:
    """Follows rows and cells through expat, whatever prefixes, quotes or missing references the writer used."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.row = self.column = -1
        self.rows = self.depth = self.length = 0
        self.kind = ""
        self.formula = self.inside = False
        self.text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise WorkbookRefusal("corrupt_file")
        if name == "row":
            self.rows += 1
            given = attributes.get("r", "")
            self.row = int(given) - 1 if given.isdecimal() and len(given) < 10 else self.row + 1
            self.column = -1
        elif name == "c":
            found = REFERENCE.fullmatch(attributes.get("r", ""))
            self.column = column_index(found[1]) if found else self.column + 1
            self.row = int(found[2]) - 1 if found else self.row
            self.kind, self.formula, self.text, self.length = attributes.get("t", ""), False, [], 0
        elif name == "f":
            self.formula = True
        elif name in ("v", "t"):
            self.inside = True

    def data(self, text: str) -> None:
        if self.inside:
            self.text.append(text)
            self.length += len(text)
            if self.length > MAX_CELL:
                raise WorkbookRefusal("sheet_too_large", "有一个单元格的内容过长")

    def end(self, name: str) -> None:
        self.depth -= 1
        name = name.rpartition(" ")[2]
        if name in ("v", "t"):
            self.inside = False
            if not self.text:
                self.text.append("")
        elif name == "c":
            self.cell()

    def cell(self) -> None:
        text = "".join(self.text)
        if self.kind == "e":
            self.marks.errors.append((self.row, self.column, text))
        elif self.formula and not text and not (self.kind == "str" and self.text):
            self.marks.valueless.append((self.row, self.column))
        if text or self.formula:
            if self.row >= MAX_GRID_ROWS:
                raise WorkbookRefusal("too_many_rows" if self.rows > MAX_ROWS else "sheet_too_large")
            if self.column >= MAX_COLUMNS:
                raise WorkbookRefusal("sheet_too_large")


def thorough(chunks: Iterator[bytes]) -> Marks:
    """Parse the sheet; `corrupt_file` when it is not well-formed."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, UnicodeError) as problem:
        raise WorkbookRefusal("corrupt_file") from problem
    return reader.marks
