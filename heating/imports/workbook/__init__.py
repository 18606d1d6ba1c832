"""Reading an uploaded .xlsx or .xls: a look first, then calamine in a child process with limits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from heating.imports.workbook.refusals import WorkbookRefusal
from heating.imports.workbook.table import Column, Table, build

__all__ = ["Column", "Table", "WorkbookRefusal", "mark_own", "read_table"]

ROOT = Path(__file__).resolve().parent.parent.parent.parent
SECONDS = 120
ZIPPED = b"PK\x03\x04"


def read_table(
    path: Path, *, names: Iterable[str], required: Iterable[Iterable[str]], seconds: float = SECONDS
) -> Table:
    """Read the one sheet whose header holds the `required` names (each a list of alternatives).

    `WorkbookRefusal` when the file cannot be taken. What a damaged or hostile file does, it does to the child process.
    """
    wanted = json.dumps({"names": list(names), "required": [list(group) for group in required]})
    command = [sys.executable, "-m", "heating.imports.workbook.child", str(path.resolve())]
    try:
        done = subprocess.run(command, input=wanted.encode(), capture_output=True, cwd=ROOT, timeout=seconds, env={})
    except subprocess.TimeoutExpired as problem:
        raise WorkbookRefusal("sheet_too_large") from problem
    line, _, codes = done.stdout.partition(b"\n")
    if done.returncode != 0 or not line:
        # Killed by its limits, or the reader gave up on what it found.
        raise WorkbookRefusal("sheet_too_large" if done.returncode < 0 else "corrupt_file")
    head = json.loads(line.decode("utf-8", "surrogatepass"))
    if "refused" in head:
        raise WorkbookRefusal(head["refused"], head["detail"])
    return build(head, codes)


def mark_own(source: Path, target: Path, wanted: dict[str, Any], *, seconds: float = SECONDS) -> bool:
    """Write a copy of a workbook with marks (see `marking`) to `target`; False when it cannot be done in the limits.

    The same limited kind of process does it, since openpyxl reads the whole file of somebody else.
    """
    command = [sys.executable, "-m", "heating.imports.workbook.marking", str(source.resolve())]
    with TemporaryDirectory() as scratch:
        try:
            done = subprocess.run(
                command,
                input=json.dumps(wanted).encode(),
                capture_output=True,
                cwd=ROOT,
                timeout=seconds,
                env={"TMPDIR": scratch},
            )
        except subprocess.TimeoutExpired:
            return False
    if done.returncode != 0 or not done.stdout.startswith(ZIPPED):
        return False
    target.write_bytes(done.stdout)
    return True
