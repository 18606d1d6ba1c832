"""Finding the header row by the names of its columns; their order is free."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

BRACKET = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]$")


def header_name(cell: Any) -> str:
    """Return a header cell's name: NFKC, without white space, format characters, `*` and one bracket at the end."""
    if not isinstance(cell, str):
        return ""
    text = "".join(
        c
        for c in unicodedata.normalize("NFKC", cell)
        if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc")
    )
    return BRACKET.sub("", text.replace("*", "")) or text


@dataclass(frozen=True)
class Header:
    """A row that may be the header. `row` counts from 0; `names` has the template's name of each column, or None."""

    row: int
    names: list[str | None]
    titles: list[str]
    missing: list[str]
    double: list[str]

    @property
    def complete(self) -> bool:
        return not self.missing


def find_header(rows: list[list[Any]], names: list[str], required: list[list[str]]) -> list[Header]:
    """Return the rows that look like a header, the complete one last; each of `required` lists alternatives."""
    wanted = {header_name(name): name for name in names}
    found = []
    for index, row in enumerate(rows):
        titles = [header_name(cell) for cell in row]
        known = [wanted.get(title) for title in titles]
        held = {name for name in known if name}
        header = Header(
            row=index,
            names=known,
            titles=titles,
            missing=["/".join(group) for group in required if not held.intersection(group)],
            double=sorted(name for name in held if known.count(name) > 1),
        )
        if held:
            found.append(header)
        if header.complete:
            break
    return found


def best_of(headers: list[Header], required: list[list[str]]) -> str:
    """Say which columns the row that comes nearest to a header lacks."""
    best = min(headers, key=lambda header: len(header.missing), default=None)
    if best is None or len(best.missing) == len(required):
        return ""
    return "缺少 " + "、".join(best.missing)
