"""Rows of 户室导入 whose room exists with other values: a change request each, to be approved by another person."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils import timezone

from billing.approvals.heat_state import HeatStateChange
from billing.approvals.imported import ImportedChange
from billing.imports.rooms.columns import (
    ACCOUNT,
    ARREARS,
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
    SEASON,
)
from billing.models import Contract, Order
from billing.states import ContractState, FeeKind
from heating.approvals.states import ApprovalState
from heating.audit.services import record
from heating.imports.importer import Destination
from heating.imports.models import Batch
from heating.imports.result import Result
from heating.kit.errors import Refusal
from property.imports.words import HEAT_STATE_CODES, OWNER_KIND_CODES, relief_words
from property.models import ChangeRequest, Room
from property.models.located import place_of

# Template column → key in the request's `before` and `after`; stored codes, areas as text with two decimals.
KEYS = {
    FLOOR_AREA: "floor_area",
    INNER_AREA: "inner_area",
    HEIGHT: "height",
    NAME: "owner_name",
    PHONE: "owner_phone",
    KIND: "owner_kind",
    RELIEF: "owner_relief",
    HEAT_STATE: "heat_state",
    METER: "meter_no",
    NOTE: "note",
    PRODUCT: "product_code",
}
TEXTS = ("meter_no", "note", "product_code")


def request_changes(result: Result, rows: list[int], to: Destination, batch: Batch) -> int:
    """File one pending request per room that differs; a room that already has one waits for its decision."""
    if to.actor is None:
        raise Refusal("变更申请须有申请人，请指明用户")
    accounts = {result.sheet.values[ACCOUNT][row]: row for row in rows}
    rooms = list(
        Room.objects.filter(company_id=to.company_id, account_no__in=accounts).select_related("owner").order_by("pk")
    )
    kinds = (ImportedChange.code, HeatStateChange.code)
    pending = ChangeRequest.objects.filter(room__in=rooms, kind__in=kinds, state=ApprovalState.PENDING)
    waiting = set(pending.values_list("room_id", flat=True))
    products, debts = _products(rooms, to), _debts(rooms)
    made = []
    for room in rooms:
        row = accounts[room.account_no]
        before, after = differences(stated(result, row), stored(room, products.get(room.pk, "")))
        debt = (result.sheet.values[SEASON][row], result.sheet.values[ARREARS][row])
        if debt[0] is not None and debt not in debts.get(room.pk, ()):
            before, after = before | {"debt": None}, after | {"debt": {"season": debt[0], "amount": debt[1]}}
        if after and room.pk not in waiting:
            made.append(_request(room, before, after, to, batch))
    numbers = _numbers(len(made), to)
    for request, number in zip(made, numbers, strict=True):
        request.number = number
    ChangeRequest.objects.bulk_create(made, batch_size=1000)
    if made:
        record(to.actor, "room.import_requests", batch, after={"requests": len(made)}, office_id=to.office_id)
    return len(made)


def stated(result: Result, row: int) -> dict[str, str | None]:
    """Return what a row says, as it would be stored; nothing of the columns that the file does not have."""
    values = {key: result.sheet.values[name][row] for name, key in KEYS.items()}
    values["owner_kind"] = OWNER_KIND_CODES[str(values["owner_kind"])]
    values["owner_relief"] = relief_words()[1][str(values["owner_relief"])]
    values["heat_state"] = HEAT_STATE_CODES[str(values["heat_state"])]
    values |= {key: values[key] or "" for key in TEXTS}
    second = result.sheet.seconds[PHONE].get(row)
    values = {key: values[key] for name, key in KEYS.items() if result.sheet.has(name)}
    return values | ({"owner_phone2": second} if second else {})


def stored(room: Room, product: str) -> dict[str, str | None]:
    """Return the room's values under the same keys."""
    areas = {key: getattr(room, key) for key in ("floor_area", "inner_area", "height")}
    owner = {f"owner_{key}": getattr(room.owner, key) for key in ("name", "phone", "phone2", "kind", "relief")}
    rest = {"heat_state": room.heat_state, "meter_no": room.meter_no, "note": room.note, "product_code": product}
    return {key: None if value is None else str(value) for key, value in areas.items()} | owner | rest


def differences(wanted: dict[str, str | None], now: dict[str, str | None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the old and the new values of the keys that differ."""
    keys = [key for key, value in wanted.items() if value != now[key]]
    return {key: now[key] for key in keys}, {key: wanted[key] for key in keys}


def _request(room: Room, before: dict[str, Any], after: dict[str, Any], to: Destination, batch: Batch) -> ChangeRequest:
    return ChangeRequest(
        **place_of(room),
        kind=ImportedChange.code,
        room=room,
        owner_id=room.owner_id,
        before=before,
        after=after,
        reason=f"导入文件 {batch.file_name}"[:300],
        submitted_by=to.actor,
        submitted_at=timezone.now(),
        batch_id=batch.pk,
    )


def _numbers(count: int, to: Destination) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('property_change_number') FROM generate_series(1, %s)", [count])
        return [f"BG{to.on:%Y%m%d}{number:08d}" for (number,) in cursor.fetchall()]


def _products(rooms: list[Room], to: Destination) -> dict[int, str]:
    rows = Contract.objects.filter(
        room__in=rooms, season__company_id=to.company_id, season__current=True, state=ContractState.APPROVED
    )
    return dict(rows.values_list("room_id", "product__code"))


def _debts(rooms: list[Room]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    rows = Order.objects.alive().filter(room__in=rooms, fee_kind=FeeKind.ARREARS)
    for room, season, amount in rows.values_list("room_id", "season__name", "line_amount"):
        found.setdefault(room, set()).add((season, str(amount)))
    return found
