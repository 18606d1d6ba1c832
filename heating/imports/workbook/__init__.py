"""Reading an uploaded .xlsx or .xls: a look first, then calamine in a child process with limits (quality.md §3.8)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from heating.imports.workbook.refusals import WorkbookRefusal
from heating.imports.workbook.table import Column, Table, build

__all__ = ["Column", "Table", "WorkbookRefusal", "read_table"]

ROOT = Path(__file__).resolve().parent.parent.parent.parent
SECONDS = 120


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
