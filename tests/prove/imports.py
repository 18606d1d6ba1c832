"""G7: two hundred hostile import files: each judged or refused with a sentence, nothing is written.

IMPORT_FILES and IMPORT_SEED change how many and which.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.utils import timezone

from billing.imports.rooms.importer import RoomImporter
from heating.imports.importer import Destination
from heating.imports.workbook import WorkbookRefusal
from tests import build
from tests.imports import hostile

ID = "G7"
MOST_MEMORY, MOST_SECONDS = 512, 60
MOST_TO_MAKE = 600


def measure() -> dict[str, object]:
    """Check the files one by one; `ratio` is the share of files that had another end than they should."""
    count, seed = int(os.environ.get("IMPORT_FILES", "200")), int(os.environ.get("IMPORT_SEED", "1"))
    company = build.company(f"考验{time.time_ns()}", code=f"G7-{time.time_ns() % 10**9}")
    to = Destination(company.pk, company.pk, None, timezone.localdate())
    before, wrong, ends, slowest = rows_stored(), [], Counter[str](), 0.0
    with tempfile.TemporaryDirectory() as folder, making(Path(folder), count, seed):
        for path in sorted(Path(folder).glob("*.xlsx")):
            kind, began = path.stem[5:], time.perf_counter()
            end = answer(path, to)
            slowest = max(slowest, time.perf_counter() - began)
            ends[end] += 1
            if end not in hostile.KINDS[kind][0]:
                wrong.append({"file": path.stem, "end": end})
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    written = {table for table, rows in rows_stored().items() if rows != before[table]}
    seen = sum(ends.values())
    return {
        "ratio": len(wrong) / count,
        "goal": 0,
        "ok": seen == count and not wrong and not written and memory <= MOST_MEMORY and slowest <= MOST_SECONDS,
        "files": seen,
        "seed": seed,
        "wrong": wrong,
        "tables_changed": sorted(written),
        "child_peak_mb": memory,
        "slowest_seconds": round(slowest, 1),
        "ends": dict(ends),
    }


@contextmanager
def making(folder: Path, count: int, seed: int) -> Iterator[None]:
    """Let another process make the files; it is waited for only afterwards, so that its memory is not counted."""
    command = [sys.executable, "-m", "tests.imports.hostile", str(folder), str(count), str(seed)]
    with subprocess.Popen(command) as maker:
        try:
            until = time.monotonic() + MOST_TO_MAKE
            while not (folder / "ready").exists() and time.monotonic() < until:
                time.sleep(0.2)
            yield
        finally:
            maker.kill()


def answer(path: Path, to: Destination) -> str:
    """Say what comes of a file; anything but a judgement of its rows or a refusal is a failure with its name."""
    try:
        result = RoomImporter().check(path, to)
        list(result.rows())
    except WorkbookRefusal as refusal:
        return refusal.code if refusal.sentence else "refusal without a sentence"
    except Exception as problem:
        return f"died: {type(problem).__name__}: {problem}"[:200]
    return hostile.READ


def rows_stored() -> dict[str, int]:
    """Count the rows of every table."""
    counts = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = cursor.fetchone()[0]
    return counts
