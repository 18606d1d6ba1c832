"""The data files with their expected outcome, and the rule by which a file passes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"


def workbook(name: str) -> Path:
    return DATA / f"{name}.xlsx"


def expectation(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / f"{name}.expected.json").read_text())
    return found


def differences(rows: Iterable[dict[str, Any]], name: str) -> list[str]:
    """Return one line for every row that differs from what is expected of it."""
    wanted = expectation(name)["rows"]
    got = list(rows)
    found = [] if len(got) == len(wanted) else [f"{len(got)} rows, not {len(wanted)}"]
    for one, other in zip(got, wanted, strict=False):
        wrong = list(_row(one, other))
        if wrong:
            found.append(f"row {other['row']} {other.get('mess')}: {'; '.join(wrong)}")
    return found


def _row(got: dict[str, Any], wanted: dict[str, Any]) -> Iterable[str]:
    outcome = wanted["outcome"]
    if (got["row"], got["outcome"]) != (wanted["row"], outcome):
        yield f"{got['row']} {got['outcome']} instead of {outcome}"
    level = "error" if outcome == "error" else "warn"
    here, there = _codes(got, level), _codes(wanted, level)
    if here != there:
        yield f"lacks {there - here}, has {here - there}"
    if outcome in ("ok", "warn"):
        if got.get("action") != wanted["action"]:
            yield f"{got.get('action')} instead of {wanted['action']}"
        for name, value in wanted["values"].items():
            if got["values"].get(name) != value:
                yield f"{name} {got['values'].get(name)!r} instead of {value!r}"
    for issue in wanted.get("issues", ()):
        candidates = [other.get("candidate") for other in got.get("issues", ()) if other["code"] == issue["code"]]
        if "candidate" in issue and issue["candidate"] not in candidates:
            yield f"candidate {candidates} instead of {issue['candidate']}"


def _codes(row: dict[str, Any], level: str) -> set[tuple[str, str]]:
    return {(issue["field"], issue["code"]) for issue in row.get("issues", ()) if issue["level"] == level}
