"""What the check of a sheet says about its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from heating.imports.sentences import sentence
from heating.imports.sheet import Sheet
from heating.imports.workbook.scan import column_letter

OK, WARN, ERROR, SKIPPED = "ok", "warn", "error", "skipped"


@dataclass(frozen=True)
class Issue:
    """One remark on one cell: `text` says it in Chinese. `candidate` is what the person may have meant."""

    level: str
    code: str
    field: str
    cell: str
    text: str
    candidate: str = ""

    @property
    def sentence(self) -> str:
        """The remark with the cell's address."""
        return f"{self.cell} {self.text}"


@dataclass
class Result:
    """Outcome of every row. Rows count from 0, as in the table; `actions` has the rows that are ok or warn.

    `errors` and `warnings`: row → list of (code, field, candidate).
    """

    sheet: Sheet
    errors: dict[int, list[tuple[str, str, str]]]
    warnings: dict[int, list[tuple[str, str, str]]]
    actions: dict[int, str] = field(default_factory=dict)
    default_action: str = "create"

    def outcome(self, row: int) -> str:
        if not self.sheet.is_data(row):
            return SKIPPED
        return ERROR if row in self.errors else WARN if row in self.warnings else OK

    def action(self, row: int) -> str:
        return self.actions.get(row, self.default_action)

    def good_rows(self) -> list[int]:
        """Return the data rows without an error, in file order."""
        return [row for row in self.sheet.data_rows if row not in self.errors]

    def issues(self, row: int) -> list[Issue]:
        """Return the remarks on a row, errors first."""
        own = self.sheet.template.sentences
        return [
            Issue(level, code, name, self._cell(row, name), sentence(code, name, candidate, own), candidate)
            for level, marks in ((ERROR, self.errors), (WARN, self.warnings))
            for code, name, candidate in marks.get(row, ())
        ]

    def _cell(self, row: int, name: str) -> str:
        index = self.sheet.table.names.get(name)
        return f"{column_letter(index) if index is not None else ''}{row + 1}"

    def counts(self) -> dict[str, int]:
        """Return how many rows are ok, warn, error and skipped, and the actions of the good ones."""
        data = self.sheet.data_rows
        errors = sum(1 for row in self.errors if self.sheet.is_data(row))
        warn = sum(1 for row in self.warnings if self.sheet.is_data(row) and row not in self.errors)
        counts = {OK: len(data) - errors - warn, WARN: warn, ERROR: errors}
        counts[SKIPPED] = self.sheet.table.rows - len(data) - self.sheet.table.header_row - 1
        actions = Counter(action for row, action in self.actions.items() if row not in self.errors)
        actions[self.default_action] += len(data) - errors - sum(actions.values())
        return counts | {action: n for action, n in actions.items() if n}

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield every sheet row, title and header included, in the form of the data README."""
        for row in range(self.sheet.table.rows):
            outcome = self.outcome(row)
            line: dict[str, Any] = {"row": row + 1, "outcome": outcome}
            if outcome == SKIPPED:
                yield line
                continue
            if outcome != ERROR:
                line["action"] = self.action(row)
            issues = [
                {"level": i.level, "code": i.code, "field": i.field, "cell": i.cell, "sentence": i.sentence}
                | ({"candidate": i.candidate} if i.candidate else {})
                for i in self.issues(row)
            ]
            yield line | ({"issues": issues} if issues else {}) | {"values": self.sheet.values_of(row)}
