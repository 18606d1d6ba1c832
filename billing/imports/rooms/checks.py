"""The check of a 户室导入 file: what each row would do, and everything that is wrong with it. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from billing.imports.rooms.columns import (
    ACCOUNT,
    ARREARS,
    BUILDING,
    COMMUNITY,
    FLOOR_AREA,
    HEAT_STATE,
    HEIGHT,
    INNER_AREA,
    KIND,
    METER,
    NAME,
    NOTE,
    PHONE,
    PHONE2,
    PLACE,
    PRODUCT,
    RELIEF,
    ROOM,
    SEASON,
    UNIT,
)
from billing.imports.rooms.known import STORED_NAMES, Known, KnownRoom, Path, unique
from heating.imports.result import Result
from heating.imports.sheet import Sheet, duplicates
from heating.kit.natural import chinese_number

CREATE, UPDATE, UNCHANGED = "create", "update_request", "unchanged"
SUFFIX = re.compile(r"(?:号楼|号|#|栋|幢|座|楼)+$")
NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百千]+")
LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
COMPARED = (FLOOR_AREA, INNER_AREA, HEIGHT, HEAT_STATE, METER, NOTE, PRODUCT)
# What belongs to the owner may be written differently on several rooms of one owner.
OWNED = (KIND, RELIEF)


def check_rooms(sheet: Sheet, known: Known) -> Result:
    """Compare the rows with each other and with what is stored."""
    result = Result(sheet, sheet.errors, sheet.warnings)
    paths = _paths(sheet)
    _arrears(sheet)
    _communities(sheet, known)
    _repeated(sheet, paths)
    _buildings(sheet, known)
    _stored(result, known, paths)
    _closed(result, known, paths)
    _owners(result, known)
    return result


def _paths(sheet: Sheet) -> list[Path | None]:
    """Return the place of every table row; None where a part is missing or wrong."""
    columns = [sheet.values[name] for name in PLACE]
    return [path if None not in path else None for path in zip(*columns, strict=True)]  # type: ignore[misc]  # None is looked for


def _of(values: list[Any], rows: Iterable[int]) -> list[Any]:
    return list(map(values.__getitem__, rows))


def _wrong(sheet: Sheet, row: int, name: str) -> bool:
    return any(field == name for _, field, _ in sheet.errors.get(row, ()))


def _arrears(sheet: Sheet) -> None:
    seasons, amounts = set(sheet.filled_rows(SEASON)), set(sheet.filled_rows(ARREARS))
    for row in seasons ^ amounts:
        name = ARREARS if row in seasons else SEASON
        if not _wrong(sheet, row, name):
            sheet.error(row, "arrears_incomplete", name)


def _communities(sheet: Sheet, known: Known) -> None:
    values = sheet.values[COMMUNITY]
    names = unique(_of(values, sheet.data_rows))
    found, may_add = known.communities(names), known.may_add_community()
    barred = {name for name in names if not found.get(name, may_add)}
    if barred:
        for row in sheet.data_rows:
            if values[row] in barred:
                sheet.error(row, "unknown_community", COMMUNITY)


def _repeated(sheet: Sheet, paths: list[Path | None]) -> None:
    rows = sheet.data_rows
    for row in duplicates(_of(sheet.values[ACCOUNT], rows), rows):
        sheet.error(row, "duplicate_account", ACCOUNT)
    for row in duplicates(_of(paths, rows), rows):
        sheet.error(row, "duplicate_room", ROOM)


def building_key(name: str) -> str:
    """Return what near-duplicates of a 楼幢 have in common: 3# = 三号楼 = 03."""
    bare = NUMERAL.sub(lambda found: str(chinese_number(found[0])), SUFFIX.sub("", name))
    return LEADING_ZEROS.sub("", bare) or name


def _buildings(sheet: Sheet, known: Known) -> None:
    rows = sheet.data_rows
    pairs = list(zip(_of(sheet.values[COMMUNITY], rows), _of(sheet.values[BUILDING], rows), strict=True))
    stored = known.buildings(unique(pair[0] for pair in set(pairs)))
    reference = {(c, building_key(name)): name for c, names in stored.items() for name in reversed(names)}
    spelt = {(c, name) for c, names in stored.items() for name in names}
    odd: dict[tuple[Any, Any], str] = {}
    for pair in dict.fromkeys(pairs):
        if None not in pair and pair not in spelt:
            first = reference.setdefault((pair[0], building_key(pair[1])), pair[1])
            if first != pair[1]:
                odd[pair] = first
    if odd:
        for row, pair in zip(rows, pairs, strict=True):
            if pair in odd:
                sheet.warn(row, "building_near_duplicate", BUILDING, odd[pair])


def _stored(result: Result, known: Known, paths: list[Path | None]) -> None:
    """Compare with the stored rooms, by account and by place."""
    sheet, accounts = result.sheet, result.sheet.values[ACCOUNT]
    rows = sheet.data_rows
    rooms = known.rooms(unique(_of(accounts, rows)))
    # A place is asked for only where it is not already known to be this very room.
    taken = known.paths({paths[row] for row in rows if paths[row] and _home(rooms, accounts[row]) != paths[row]})
    used = known.given_up({account for account in _of(accounts, rows) if account and account not in rooms})
    if not rooms and not taken and not used:
        return
    owned = _owned(sheet)
    for row in rows:
        if accounts[row] in used:
            sheet.error(row, "account_taken", ACCOUNT)
        room, account = rooms.get(accounts[row] or ""), taken.get(paths[row]) if paths[row] else None
        if room is not None and room.path != paths[row]:
            if paths[row]:
                sheet.error(row, "account_taken", ACCOUNT)
        elif room is not None:
            same = _same(sheet, row, room, owned)
            result.actions[row] = UNCHANGED if same else UPDATE
            if not same:
                sheet.warn(row, "existing_room_update", ACCOUNT)
        if account is not None and account != accounts[row] and not _wrong(sheet, row, ROOM):
            sheet.error(row, "duplicate_room", ROOM)


def _closed(result: Result, known: Known, paths: list[Path | None]) -> None:
    """Let nothing new into a place that is 停用; rooms that stand there already may be changed."""
    closed = known.closed()
    if not closed:
        return
    for row in result.sheet.data_rows:
        path = paths[row] or ()
        for depth, name in enumerate((COMMUNITY, BUILDING, UNIT), 1):
            if path[:depth] in closed and row not in result.actions:
                result.sheet.error(row, "place_disabled", name)
                break


def _home(rooms: dict[str, KnownRoom], account: str | None) -> Path | None:
    room = rooms.get(account or "")
    return room.path if room else None


def _owned(sheet: Sheet) -> dict[tuple[Any, Any], list[set[Any]]]:
    """Return for each owner of the file all that its rows say of that owner."""
    stated: dict[tuple[Any, Any], list[set[Any]]] = {}
    columns = [sheet.values[name] for name in OWNED]
    names, phones = sheet.values[NAME], sheet.values[PHONE]
    for row in sheet.data_rows:
        sets = stated.setdefault((names[row], phones[row]), [set() for _ in OWNED])
        for words, values in zip(sets, columns, strict=True):
            words.add(values[row])
    return stated


def _same(sheet: Sheet, row: int, room: KnownRoom, owned: dict[tuple[Any, Any], list[set[Any]]]) -> bool:
    """Say whether the stored room has every value of the row; old debts and second numbers count where given.

    A column that the file does not have says nothing of a room that is there.
    """
    values = sheet.values
    stored = dict(zip(STORED_NAMES, room.values, strict=True))
    person = (values[NAME][row], values[PHONE][row])
    if person != (stored[NAME], stored[PHONE]) or any(
        values[name][row] != stored[name] for name in COMPARED if sheet.has(name)
    ):
        return False
    stated = zip(OWNED, owned[person], strict=True)
    if any(sheet.has(name) and stored[name] not in words for name, words in stated):
        return False
    second = sheet.seconds[PHONE].get(row)
    debt = (values[SEASON][row], values[ARREARS][row])
    return second in (None, stored[PHONE2]) and (debt[0] is None or debt in room.debts)


def _owners(result: Result, known: Known) -> None:
    """Warn on the row that would create a second owner of a name."""
    sheet = result.sheet
    names, phones = sheet.values[NAME], sheet.values[PHONE]
    rows = [row for row in sheet.data_rows if row not in sheet.errors and row not in result.actions]
    people = list(zip(_of(names, rows), _of(phones, rows), strict=True))
    pairs, seen = known.owners(set(people))
    stopped = known.stopped(set(people))
    for row, person in zip(rows, people, strict=True):
        if person in stopped:
            sheet.error(row, "owner_disabled", NAME)
            continue
        if person in pairs:
            continue
        if person[0] in seen:
            sheet.warn(row, "same_name_other_phone", NAME)
        pairs.add(person)
        seen.add(person[0])


__all__ = ["CREATE", "UNCHANGED", "UNIT", "UPDATE", "building_key", "check_rooms"]
