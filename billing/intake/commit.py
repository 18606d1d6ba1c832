"""The second pass of 户室导入: good rows to columns for the load, differences to change requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billing.intake.load import RoomColumns, load_rooms, undo_rooms
from billing.intake.requests import request_changes
from billing.intake.rooms import CREATE, UPDATE
from billing.intake.template import (
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
from heating.jobs.models import Batch
from heating.kit.intake import Result
from heating.kit.intake.importing import Destination
from property.intake.words import HEAT_STATE_CODES, OWNER_KIND_CODES, relief_words
from property.models import Room


def commit_rooms(result: Result, to: Destination, batch: Batch) -> dict[str, Any]:
    """Create what is new and ask for what differs; `to.actor` must have been checked for both."""
    by_action: dict[str, list[int]] = {CREATE: [], UPDATE: []}
    for row in result.good_rows():
        by_action.setdefault(result.action(row), []).append(row)
    counts: dict[str, Any] = {}
    if by_action[CREATE]:
        counts = load_rooms(
            room_columns(result, by_action[CREATE]),
            company_id=to.company_id,
            office_id=to.office_id,
            batch=batch,
            actor=to.actor,
            on=to.on,
        )
    if by_action[UPDATE]:
        counts["requests"] = request_changes(result, by_action[UPDATE], to, batch)
    return counts


def undo_room_batch(batch: Batch, to: Destination) -> dict[str, Any]:
    """Take a batch back; see `undo_rooms`."""
    return undo_rooms(batch, company_id=to.company_id, actor=to.actor, on=to.on)


def rooms_stand(batch: Batch) -> bool:
    """Say whether every room that the batch made is still there."""
    return Room.objects.filter(batch_id=batch.pk).count() == batch.counts.get("made", {}).get("rooms", 0)


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
