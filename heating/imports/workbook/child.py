"""The process that opens other people's workbooks: `python -m heating.imports.workbook.child FILE`, template on stdin.

It limits itself first. Standard output: one JSON line, then for each column the codes of its values, 4 bytes a row.
"""

from __future__ import annotations

import json
import resource
import sys
from array import array
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import python_calamine as calamine

from heating.imports.workbook import ole, package
from heating.imports.workbook.header import Header, best_of, find_header
from heating.imports.workbook.package import Look
from heating.imports.workbook.refusals import HEADER_ROWS, MAX_COLUMNS, MAX_UPLOAD, MEGABYTE, WorkbookRefusal
from heating.imports.workbook.scan import Marks

# The address space holds libraries too; what the process writes to is what the machine must give.
MEMORY, WRITTEN = 1024 * MEGABYTE, 460 * MEGABYTE
CPU_SECONDS = 60
ROWS_AT_ONCE = 4000
ZIPPED, COMPOUND = b"PK\x03\x04", ole.SIGNATURE


def limit_self(*, written: int = 0) -> None:
    """Give up early rather than take the machine along; a file may grow to `written` bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_DATA, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))


def first_look(path: Path) -> Look:
    """Look at the kind of file by its first bytes, whatever its name says, and into it."""
    if path.stat().st_size > MAX_UPLOAD:
        raise WorkbookRefusal("file_too_large")
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(ZIPPED):
        return package.look_into(path)
    if start.startswith(COMPOUND):
        return ole.look_into(path)
    raise WorkbookRefusal("not_a_workbook")


def lines(sheet: Any) -> Iterator[list[Any]]:
    """Yield the rows from the first row and column of the sheet on; calamine leaves empty columns at the left out."""
    if sheet.start is None:
        return
    left = [""] * sheet.start[1]
    for row in sheet.iter_rows():
        yield left + row if left else row


def find_sheet(book: Any, names: list[str], required: list[list[str]]) -> tuple[Any, Header, Iterator[list[Any]]]:
    """Return the one sheet whose first rows hold all required names, its header, and its rows."""
    found, headers = [], []
    for meta in book.sheets_metadata:
        if meta.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        rows = lines(sheet)
        head = list(islice(rows, HEADER_ROWS))
        headers += find_header(head, names, required)
        if headers and headers[-1].complete:
            found.append((sheet, headers[-1], chain(head, rows)))
            headers = []
    if len(found) > 1:
        raise WorkbookRefusal("multiple_sheets", "、".join(sheet.name for sheet, _, _ in found))
    if not found:
        raise WorkbookRefusal("missing_required_column", best_of(headers, required))
    _, header, _ = found[0]
    if header.double:
        raise WorkbookRefusal("duplicate_column", "、".join(header.double))
    return found[0]


def columns(rows: Iterator[list[Any]]) -> tuple[list[list[Any]], list[array], int]:
    """Turn rows into columns: the different values of each, and for each row the code of its value."""
    values: list[dict[Any, int]] = []
    codes: list[array] = []
    total = 0
    while block := list(islice(rows, ROWS_AT_ONCE)):
        for index, column in enumerate(islice(zip(*block, strict=True), MAX_COLUMNS)):
            if index == len(values):
                values.append({})
                codes.append(array("I"))
            cells: Iterable[Any] = column
            if bool in set(map(type, column)):
                cells = [("TRUE" if v else "FALSE") if isinstance(v, bool) else v for v in column]
            known = values[index]
            codes[index].extend([known.setdefault(value, len(known)) for value in cells])
        total += len(block)
    return [list(map(plain, known)) for known in values], codes, total


def plain(value: Any) -> Any:
    """Return a value that JSON can hold; a date as [ISO text], a time without a day as []."""
    if isinstance(value, (str, float, int)):
        return value
    if isinstance(value, datetime):
        return [value.date().isoformat()]
    return [value.isoformat()] if isinstance(value, date) else []


def read(path: Path, names: list[str], required: list[list[str]], out: Any) -> None:
    """Look, open, find the header and write everything out."""
    look = first_look(path)
    try:
        with path.open("rb") as file:  # a path would be believed by its ending
            book = calamine.CalamineWorkbook.from_filelike(file)
        sheet, header, rows = find_sheet(book, names, required)
    except calamine.PasswordError as problem:
        raise WorkbookRefusal("encrypted_file") from problem
    except calamine.CalamineError as problem:
        raise WorkbookRefusal("corrupt_file") from problem
    values, codes, total = columns(rows)
    marks = look.marks.get(sheet.name, Marks())
    head = {
        "sheet": sheet.name,
        "rows": total,
        "header_row": header.row,
        "names": header.names,
        "titles": header.titles,
        "values": values,
        "merges": [[*first, *last] for first, last in sheet.merged_cell_ranges or []],
        "errors": marks.errors,
        "valueless": marks.valueless,
        "date1904": look.date1904,
    }
    out.write(json.dumps(head, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
    for column in codes:
        out.write(column.tobytes())


def main() -> int:
    limit_self()
    wanted = json.load(sys.stdin)
    out = sys.stdout.buffer
    try:
        read(Path(sys.argv[1]), wanted["names"], wanted["required"], out)
    except WorkbookRefusal as refusal:
        out.write(json.dumps({"refused": refusal.code, "detail": refusal.detail}).encode() + b"\n")
    except MemoryError:
        out.write(json.dumps({"refused": "sheet_too_large", "detail": ""}).encode() + b"\n")
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
