"""The set-based load of checked room rows: places, owners, rooms, contracts, orders, old debts.

Everything happens in the caller's transaction; the rows have been checked, so what still collides came in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sized
from datetime import date
from typing import Any, NamedTuple

from django.db import IntegrityError, connection

from billing.imports.rooms import statements as sql
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
    PRODUCT,
    RELIEF,
    ROOM,
    SEASON,
    UNIT,
)
from billing.models import Season
from billing.services.arrears import old_season
from billing.services.bill_run import bill_contracts
from heating.audit.services import record
from heating.imports.models import Batch
from heating.imports.result import Result
from heating.kit.errors import Refusal
from heating.kit.natural import natural_key
from heating.kit.pg_copy import copy_columns
from property.imports.words import HEAT_STATE_CODES, OWNER_KIND_CODES, relief_words

FEW = 500
Texts = list[str | None]


class RoomColumns(NamedTuple):
    """The rows to create, column by column, as text: areas in ㎡, height in m, amounts in 元, codes as stored.

    None where there is no value, but "" in `phone2`, `product_code`, `meter_no` and `note`.
    """

    community: Texts
    building: Texts
    unit: Texts
    owner_name: Texts
    phone: Texts
    phone2: Texts
    owner_kind: Texts
    relief: Texts
    number: Texts
    account_no: Texts
    floor_area: Texts
    inner_area: Texts
    height: Texts
    product_code: Texts
    heat_state: Texts
    debt_year: Texts
    debt_amount: Texts
    meter_no: Texts
    note: Texts


ROOM_COLUMNS = slice(RoomColumns._fields.index("number"), None)


def load_rooms(
    rows: RoomColumns, *, company_id: int, office_id: int, batch: Batch, actor: Any, on: date
) -> dict[str, Any]:
    """Create everything that `rows` name and do not find yet; return how many of each.

    New communities belong to `office_id`. Contracts are approved at once (来源=导入) for the current season and billed
    as of day `on`. `Refusal` without a current season when a row names a product, and when somebody else has added the
    same room or account since the check.
    """
    season = Season.objects.current(company_id)
    given = {
        "company": company_id,
        "office": office_id,
        "batch": batch.pk,
        "actor": actor.pk if actor else None,
        "on": on,
        "day": f"{on:%Y%m%d}",
        "season": season.pk if season else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.STAGE)
        for table, columns in staged(rows):
            copy_columns(cursor, table, columns)
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
        # What was just loaded has no statistics yet: never look up many rows one by one on the strength of a guess.
        cursor.execute("SELECT set_config('enable_nestloop', %s, true)", ["off" if len(rows.number) > FEW else "on"])
        counts = _places(cursor, given)
        if season is None and _run(cursor, sql.NAMES_A_PRODUCT, given):
            raise Refusal("没有当前采暖季，不能为户室签约；请先设置采暖季")
        if _run(cursor, sql.PRODUCTS_GONE, given) > 0:
            raise Refusal("导入期间有人停用或删除了文件中的产品，请重新校验后再导入")
        counts["contracts"] = _run(cursor, sql.CONTRACTS, given)
        _seasons(cursor, company_id)
        counts["old_debts"] = _run(cursor, sql.DEBTS, given)
    run = bill_contracts(season, on=on, actor=actor, batch=batch.pk) if season and counts["contracts"] else None
    counts["orders"] = run.orders if run else 0
    counts["unbillable"] = run.skipped if run else 0
    record(actor, "room.import", batch, after=counts, office_id=office_id)
    return counts


def _places(cursor: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Create places, owners and rooms that are not there yet; return how many. `Refusal` when others changed them."""
    try:
        found = {name: _run(cursor, text, given) for name, text in sql.PLACES.items()}
    except IntegrityError as problem:
        raise Refusal("导入期间有人添加、迁移或删除了相同的位置、户室、业主或账号，请重新校验后再导入") from problem
    if _run(cursor, sql.SWITCHED_OFF, given):
        raise Refusal("导入期间有人停用了文件中的小区、楼幢、单元或业主，请重新校验后再导入")
    return {name: number for name, number in found.items() if not name.startswith("found_")}


def _run(cursor: Any, text: str, given: dict[str, Any]) -> int:
    """Run a statement that returns one count."""
    cursor.execute(text, given)
    return int(cursor.fetchone()[0])


def _seasons(cursor: Any, company_id: int) -> None:
    """Make the seasons that old debts name and the company does not have yet, as ended ones."""
    cursor.execute("SELECT DISTINCT debt_year FROM import_rooms WHERE debt_year IS NOT NULL")
    for (year,) in cursor.fetchall():
        old_season(company_id, year)


def room_columns(result: Result, rows: list[int]) -> RoomColumns:
    """Return these rows as columns of stored text."""
    sheet = result.sheet

    def column(name: str, codes: Mapping[str | None, str | None] | None = None, empty: str | None = None) -> Any:
        values = map(sheet.values[name].__getitem__, rows)
        if codes is not None:
            return [codes[value] for value in values]
        return list(values) if empty is None else [empty if value is None else value for value in values]

    second = sheet.seconds[PHONE]
    years = {name: name[:4] if name else None for name in set(sheet.values[SEASON])}
    return RoomColumns(
        community=column(COMMUNITY),
        building=column(BUILDING),
        unit=column(UNIT),
        number=column(ROOM),
        account_no=column(ACCOUNT),
        floor_area=column(FLOOR_AREA),
        inner_area=column(INNER_AREA),
        height=column(HEIGHT),
        owner_name=column(NAME),
        phone=column(PHONE),
        phone2=[second.get(row, "") for row in rows] if second else [""] * len(rows),
        owner_kind=column(KIND, OWNER_KIND_CODES),
        relief=column(RELIEF, relief_words()[1]),
        product_code=column(PRODUCT, empty=""),
        heat_state=column(HEAT_STATE, HEAT_STATE_CODES),
        debt_year=column(SEASON, years),
        debt_amount=column(ARREARS),
        meter_no=column(METER, empty=""),
        note=column(NOTE, empty=""),
    )


def staged(rows: RoomColumns) -> Iterator[tuple[str, list[Texts]]]:
    """Yield the staging tables with their columns: each place and each person once, and the rooms that name them."""
    places, place = _numbered(rows.community, rows.building, rows.unit)
    people, person = _numbered(rows.owner_name, rows.phone)
    community, building, unit = (_keys(part) for part in zip(*places, strict=True))
    yield (
        sql.IMPORT_PLACES,
        [_count(places), *map(list, zip(*places, strict=True)), community, building, unit],
    )
    first: dict[str, int] = {}
    for row, number in enumerate(person):
        first.setdefault(number, row)
    columns = [[column[row] for row in first.values()] for column in (rows.phone2, rows.owner_kind, rows.relief)]
    where: Texts = [place[row] for row in first.values()]
    yield sql.IMPORT_PEOPLE, [_count(people), where, *map(list, zip(*people, strict=True)), *columns]
    path = list(map("|".join, zip(community, building, unit, strict=True)))  # type: ignore[arg-type]  # names are never None
    address = list(map("".join, places))  # type: ignore[arg-type]  # names are never None
    keys = _keys(rows.number)
    sort_keys: Texts = [f"{path[int(number)]}|{key}" for number, key in zip(place, keys, strict=True)]
    addresses: Texts = [f"{address[int(number)]}{room}" for number, room in zip(place, rows.number, strict=True)]
    yield sql.IMPORT_ROOMS, [list(place), list(person), *rows[ROOM_COLUMNS], sort_keys, addresses]


def _numbered(*columns: Texts) -> tuple[list[tuple[str | None, ...]], list[str]]:
    """Return the different tuples of the columns in order, and for each row the number of its own."""
    known: dict[tuple[str | None, ...], str] = {}
    numbers = [known.setdefault(names, str(len(known))) for names in zip(*columns, strict=True)]
    return list(known), numbers


def _count(things: Sized) -> Texts:
    return [str(number) for number in range(len(things))]


def _keys(names: Iterable[str | None]) -> Texts:
    names = list(names)
    known = {name: natural_key(name or "") for name in set(names)}
    return [known[name] for name in names]
