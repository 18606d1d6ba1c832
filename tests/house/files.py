"""The source files that the house tests read."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = {"heating", "org", "accounts", "property", "meters", "billing", "payments", "reports"}


def sources(*folders: str) -> list[Path]:
    """Return the Python files of the apps, or of the named folders, without migrations."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / line for line in listed.stdout.splitlines()]
    wanted = [
        f
        for f in files
        if f.exists() and "migrations" not in f.parts and f.relative_to(ROOT).parts[0] in (folders or APPS)
    ]
    assert wanted
    return wanted


def module_of(path: Path) -> str:
    """Return the dotted name of a file; a folder's `__init__` is the folder."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
