"""What a change request does when it takes effect: owner, room, their orders of the current season, the contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from accounts.models import User
from billing.models import Contract, Order, Prepayment, Season
from billing.services.contracts import contract_numbers
from billing.services.orders import Facts, rerate
from billing.states import ContractSource, ContractState, FeeKind
from heating.audit.history import sign_history
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.money import ZERO
from heating.kit.tables import mask
from property.models import ChangeRequest, Owner, Room
from property.services.owners import owner_number
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
    # As an import writes them: facts of the room's owner.
    "owner_name": Change("业主姓名", "owner", "name", _words),
    "owner_phone": Change("业主电话", "owner", "phone", _words),
    "owner_phone2": Change("业主备用电话", "owner", "phone2", _words),
    "owner_kind": Change("用户类型", "owner", "kind", _words),
    "owner_relief": Change("优抚类型", "owner", "relief", _words, "relief"),
    # 过户: another owner.
    "new_owner_name": Change("新业主姓名", "owner", "name", _words),
    "new_owner_phone": Change("新业主电话", "owner", "phone", _words),
}


WORDS = {
    **{key: dict(OwnerKind.choices) for key in ("kind", "owner_kind")},
    **{key: dict(Relief.choices) for key in ("relief", "owner_relief")},
    "heat_state": dict(HeatState.choices),
}


def spoken(name: str, value: Any) -> str:
    """Return a value in the trade's words; nothing is a dash."""
    return str(WORDS.get(name, {}).get(value, value or "—"))


def readable(values: dict[str, Any], *, sensitive: bool = False) -> dict[str, Any]:
    """Return old or new values as they may be read: phones masked unless `sensitive`, sealed columns left out."""
    shown = {name: value for name, value in values.items() if name not in CHANGES or CHANGES[name].label}
    return {
        name: mask(str(value or "")) if "phone" in name and not sensitive else value for name, value in shown.items()
    }


def apply(request: ChangeRequest, *, on: date, actor: User) -> None:
    """Write the wanted values and bring the money after them, in the caller's transaction.

    Only orders of the current season follow; past seasons stay as they are (domain.md §3.1).
    """
    unknown = set(request.after) - set(CHANGES)
    if unknown:
        raise Refusal("该申请含有只能另行办理的内容（如签约产品），请驳回后分别办理")
    sign_history(actor, request=request.number)
    room = Room.objects.select_for_update().select_related("owner").get(pk=request.room_id) if request.room_id else None
    if "new_owner_name" in request.after or "new_owner_phone" in request.after:
        _transfer(request, room, on=on, actor=actor)
        return
    owner = room.owner if room else request.owner
    owner = Owner.objects.select_for_update().get(pk=owner.pk)
    facts = _write(request, owner, room)
    if facts:
        rooms = [room] if room and facts != {"relief"} else list(owner.rooms.all())
        for each in rooms:
            _rerate(each, owner, facts, request, on=on, actor=actor)


def _write(request: ChangeRequest, owner: Owner, room: Room | None) -> set[str]:
    """Set the fields; return the facts of the price that changed."""
    facts: set[str] = set()
    touched: dict[str, set[str]] = {"owner": set(), "room": set()}
    for name, text in request.after.items():
        change = CHANGES[name]
        target = owner if change.on == "owner" else room
        if target is None:
            raise Refusal("该申请缺少户室")
        setattr(target, change.field, change.parse(text))
        touched[change.on].add(change.field)
        facts |= {change.fact} - {""}
    try:
        with transaction.atomic():
            if touched["owner"]:
                owner.save(update_fields=sorted(touched["owner"]))
            if touched["room"] and room is not None:
                room.save(update_fields=sorted(touched["room"]))
    except IntegrityError as error:
        raise Refusal("变更后的缴费账号或业主姓名电话已被使用") from error
    return facts


def relief_for(owner: Owner, season: Season) -> str:
    """Return the relief type that counts in a season: only when it is valid for the whole of it."""
    begun = owner.relief_from is None or owner.relief_from <= season.starts_on
    lasts = owner.relief_to is None or owner.relief_to >= season.ends_on
    return owner.relief if begun and lasts else Relief.NONE


def _rerate(room: Room, owner: Owner, facts: set[str], request: ChangeRequest, *, on: date, actor: User) -> None:
    living = Order.objects.alive().filter(room=room, season__current=True, fee_kind=FeeKind.HEAT)
    order = living.select_for_update(of=("self",)).select_related("season", "version").first()
    if order is None or order.version_id is None:
        return
    given: dict[str, Any] = {name: getattr(room, name) for name in facts & {"floor_area", "inner_area", "height"}}
    if "relief" in facts:
        given["relief"] = relief_for(owner, order.season)
    if "vacancy" in facts:
        given["vacancy"] = room.heat_state == HeatState.VACANT
    rerate(order, Facts(**given), on=on, reason=f"{request.get_kind_display()} {request.number}", actor=actor)


def _transfer(request: ChangeRequest, room: Room, *, on: date, actor: User) -> None:
    """过户: arrears are paid or taken over in writing, 预存款 stays with the account, the contract is signed anew.

    Orders that stand keep the old name and price: they are the old owner's.
    """
    due = Order.objects.open().filter(room=room).aggregate(total=Sum("due"))["total"] or ZERO
    if due and not request.options.get("takeover"):
        raise Refusal(f"该户尚欠 {due} 元，须先缴清，或由新业主书面承担欠费")
    balance = Prepayment.objects.filter(room=room).aggregate(total=Sum("balance"))["total"] or ZERO
    if balance and request.options.get("prepaid") == "refund":
        raise Refusal(f"该账号有预存款 {balance} 元，申请退还原业主：请先办理退还，再过户")
    name = request.after.get("new_owner_name") or room.owner.name
    phone = request.after.get("new_owner_phone") or room.owner.phone
    owner = Owner.objects.filter(company_id=room.company_id, name=name, phone=phone).first()
    if owner is None:
        owner = Owner.objects.create(
            company_id=room.company_id,
            office_id=room.office_id,
            number=owner_number(),
            name=name,
            phone=phone,
            created_by=request.submitted_by,
        )
        record(actor, "owner.add", owner, after={"number": owner.number}, note=request.number)
    room.owner = owner
    room.save(update_fields=["owner"])
    _sign_again(room, owner, request, on=on, actor=actor)


def _sign_again(room: Room, owner: Owner, request: ChangeRequest, *, on: date, actor: User) -> None:
    """End the contract of the current season and make the same one for the new owner; its order stays."""
    live = Contract.objects.select_for_update(of=("self",)).filter(
        room=room, state=ContractState.APPROVED, season__current=True
    )
    for old in live:
        old.state, old.terminated_on = ContractState.TERMINATED, on
        old.decision_note = f"过户 {request.number}"
        old.save(update_fields=["state", "terminated_on", "decision_note"])
        new = Contract.objects.create(
            company_id=old.company_id,
            office_id=old.office_id,
            community_id=old.community_id,
            building_id=old.building_id,
            room=room,
            owner=owner,
            season_id=old.season_id,
            product_id=old.product_id,
            version_id=old.version_id,
            number=contract_numbers(1, on)[0],
            state=ContractState.APPROVED,
            source=ContractSource.TRANSFER,
            submitted_by=request.submitted_by,
            decided_by=actor if actor.pk != request.submitted_by_id else None,
        )
        record(actor, "contract.state", old, before=ContractState.APPROVED, after=old.state, note=f"过户 {new.number}")
