"""Figures before and after a dry run, and the hash of what an approver sees."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

# What a thing under approval may change, under a name that says which: "季名 费种 #账号/序号" or "预存款".
Figures = dict[str, dict[str, str]]
# One line per name whose figures differ: what, account, and each figure before and after. Amounts in 元 as text.
Effect = list[dict[str, str]]

NOTHING = {"line": "", "principal": "0.00", "due": "0.00"}
SUMS = ("principal_before", "principal_after", "due_before", "due_after")


def differences(before: Figures, after: Figures) -> Effect:
    """Return the lines whose figures differ, in the order of the names."""
    return [
        {
            "what": name.split(" #")[0],
            "account": name.partition(" #")[2].partition("/")[0],
            **{f"{figure}_before": value for figure, value in before.get(name, NOTHING).items()},
            **{f"{figure}_after": value for figure, value in after.get(name, NOTHING).items()},
        }
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]


def hash_of(seen: Iterable[Any], effect: Effect) -> str:
    """Return the hash of everything that an approver sees: the content and its money effect."""
    content = json.dumps([*seen, effect], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def add_up(sums: dict[str, Any], effect: Effect) -> None:
    """Add the lines of one effect to the sums of many; a line without a principal is no order."""
    for row in effect:
        sums["orders"] += 1 if row["principal_before"] else 0
        for name in SUMS:
            sums[name] += Decimal(row[name] or "0")
