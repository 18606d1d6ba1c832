"""The check of a 业主导入 file (data rules 16, 20, 21). Writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from heating.kit.intake import Result, Sheet
from property.intake.template import DOCUMENT, KIND, NAME, ORGANISATION, PHONE, RELIEF, RELIEF_FROM, RELIEF_TO

CREATE, DUPLICATE = "create", "duplicate"
Person = tuple[Any, Any]
# Remarks aside, these make two rows of one person say the same.
COMPARED = (KIND, RELIEF, RELIEF_FROM, RELIEF_TO, DOCUMENT, ORGANISATION)


class KnownOwners(Protocol):
    """The questions that the check asks the database; all persons or names of the file at once."""

    def owners(self, people: Collection[Person]) -> dict[Person, tuple[Any, ...]]:
        """Return the stored owners among these, with their values of `COMPARED` and the second phone."""

    def names(self, names: Collection[str]) -> set[str]:
        """Return which names are stored, with whatever phone."""


def check_owners(sheet: Sheet, known: KnownOwners) -> Result:
    """Compare the rows with each other and with what is stored."""
    result = Result(sheet, sheet.errors, sheet.warnings)
    _dates(sheet)
    rows = [row for row in sheet.data_rows if row not in sheet.errors]
    people = {row: (sheet.values[NAME][row], sheet.values[PHONE][row]) for row in rows}
    stored = known.owners(set(people.values()))
    _conflicts(sheet, people, stored)
    _repeated(result, people, stored, known)
    return result


def _dates(sheet: Sheet) -> None:
    starts, ends = sheet.values[RELIEF_FROM], sheet.values[RELIEF_TO]
    for row in sheet.filled_rows(RELIEF_TO):
        start, end = starts[row], ends[row]
        if start and end and end < start:
            sheet.error(row, "date_order", RELIEF_TO)


def said(sheet: Sheet, row: int) -> tuple[Any, ...]:
    """Return what a row says of its person."""
    return (*(sheet.values[name][row] for name in COMPARED), sheet.seconds[PHONE].get(row))


def _conflicts(sheet: Sheet, people: dict[int, Person], stored: dict[Person, tuple[Any, ...]]) -> None:
    """Mark all rows of a person whose rows, or whose stored values, differ."""
    found: dict[Person, set[tuple[Any, ...]]] = {person: {values} for person, values in stored.items()}
    for row, person in people.items():
        found.setdefault(person, set()).add(said(sheet, row))
    for row, person in people.items():
        if len(found[person]) > 1:
            sheet.error(row, "owner_conflict", NAME)


def _repeated(
    result: Result, people: dict[int, Person], stored: dict[Person, tuple[Any, ...]], known: KnownOwners
) -> None:
    sheet = result.sheet
    good = {row: person for row, person in people.items() if row not in sheet.errors}
    pairs, seen = set(stored), known.names({person[0] for person in good.values()})
    for row, person in good.items():
        if person in pairs:
            sheet.warn(row, "duplicate_owner", NAME)
            result.actions[row] = DUPLICATE
            continue
        if person[0] in seen:
            sheet.warn(row, "same_name_other_phone", NAME)
        pairs.add(person)
        seen.add(person[0])
