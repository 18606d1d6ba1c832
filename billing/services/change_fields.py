"""The fields that a change request may touch: their words, where they stand, how their text is read back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from heating.kit.privacy import mask
from property.models import Owner, Room
from property.states import HeatState, OwnerKind, Relief


@dataclass(frozen=True)
class Change:
    """One field that a request may change: its words, where it stands, how its text is read back."""

    label: str
    on: str  # "owner" or "room"
    field: str
    parse: Callable[[str | None], Any]
    # What the order is priced from, if anything: the name in `Facts`.
    fact: str = ""

    def read(self, target: Owner | Room) -> Any:
        """Return the value in force of a room's or owner's field."""
        owner = target.owner if isinstance(target, Room) and self.on == "owner" else target
        return getattr(owner, self.field)


def _words(text: str | None) -> str:
    return text or ""


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


CHANGES: dict[str, Change] = {
    "name": Change("用户姓名", "owner", "name", _words),
    "phone": Change("联系电话", "owner", "phone", _words),
    "phone2": Change("备用电话", "owner", "phone2", _words),
    "kind": Change("用户类型", "owner", "kind", _words),
    "relief": Change("优抚类型", "owner", "relief", _words, "relief"),
    "relief_from": Change("优抚有效期起", "owner", "relief_from", _day, "relief"),
    "relief_to": Change("优抚有效期止", "owner", "relief_to", _day, "relief"),
    "id_kind": Change("证件类型", "owner", "id_kind", _words),
    "id_tail": Change("证件号码（尾号）", "owner", "id_tail", _words),
    "id_cipher": Change("", "owner", "id_cipher", _words),
    "id_hash": Change("", "owner", "id_hash", _words),
    "org_name": Change("单位名称", "owner", "org_name", _words),
    "tax_no": Change("税号", "owner", "tax_no", _words),
    "floor_area": Change("建筑面积", "room", "floor_area", _number, "floor_area"),
    "inner_area": Change("户室面积", "room", "inner_area", _number, "inner_area"),
    "height": Change("层高", "room", "height", _number, "height"),
    "account_no": Change("缴费账号", "room", "account_no", _words),
    "heat_state": Change("供热状态", "room", "heat_state", _words, "vacancy"),
    "meter_no": Change("热表号", "room", "meter_no", _words),
    "note": Change("备注", "room", "note", _words),
    "owner_note": Change("备注", "owner", "note", _words),
    # As an import writes them: facts of the room's owner.
    "owner_name": Change("业主姓名", "owner", "name", _words),
    "owner_phone": Change("业主电话", "owner", "phone", _words),
    "owner_phone2": Change("业主备用电话", "owner", "phone2", _words),
    "owner_kind": Change("用户类型", "owner", "kind", _words),
    "owner_relief": Change("优抚类型", "owner", "relief", _words, "relief"),
    # 过户: another owner.
    "new_owner_number": Change("新业主编号", "owner", "number", _words),
    "new_owner_name": Change("新业主姓名", "owner", "name", _words),
    "new_owner_phone": Change("新业主电话", "owner", "phone", _words),
}

# What an import may ask for besides: no field of owner or room, but a contract and an order.
BESIDES = {"product_code": "签约产品", "debt": "往年欠费"}

WORDS = {
    **{key: dict(OwnerKind.choices) for key in ("kind", "owner_kind")},
    **{key: dict(Relief.choices) for key in ("relief", "owner_relief")},
    "heat_state": dict(HeatState.choices),
}


def label_of(name: str) -> str:
    """Return what a wanted change is called."""
    return CHANGES[name].label if name in CHANGES else BESIDES.get(name, name)


def text_of(value: Any) -> str | None:
    """Return a value as a request keeps it; nothing is None."""
    return None if value is None or value == "" else str(value)


def same(name: str, one: str | None, other: str | None) -> bool:
    """Say whether two kept texts of a field mean the same value, however they are written (90 = 90.00)."""
    parse = CHANGES[name].parse
    return bool(parse(text_of(one)) == parse(text_of(other)))


def spoken(name: str, value: Any) -> str:
    """Return a value in the trade's words; nothing is a dash."""
    if name == "debt" and value:
        return f"{value['season']} {value['amount']} 元"
    return str(WORDS.get(name, {}).get(value, value or "—"))


def readable(values: dict[str, Any], *, sensitive: bool = False) -> dict[str, Any]:
    """Return old or new values as they may be read, in the order of the forms.

    Phones masked unless `sensitive`, sealed columns left out. PostgreSQL keeps the names sorted by their length.
    """
    order = [name for name in (*CHANGES, *BESIDES, *values) if name in values]
    shown = {name: values[name] for name in order if name not in CHANGES or CHANGES[name].label}
    return {
        name: mask(str(value or "")) if "phone" in name and not sensitive else value for name, value in shown.items()
    }
