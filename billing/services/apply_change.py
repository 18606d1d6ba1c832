"""What a change request does when it takes effect: owner, room, their orders of the current season, the contract."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from billing.models import Contract, Order, Season
from billing.services.apply_import import change_product, follow_contract, set_old_debt
from billing.services.change_fields import BESIDES, CHANGES, label_of, same, text_of
from billing.services.orders import Facts, rerate
from billing.services.transfer import is_transfer, transfer
from billing.states import FeeKind
from heating.audit.history import sign_history
from heating.kit.errors import Refusal
from org.parameters import parameter
from property.models import ChangeRequest, Owner, Room
from property.queries import given_up
from property.states import HeatState, Relief

AREAS = {"floor_area", "inner_area", "height"}
RELIEF = {"relief", "relief_from", "relief_to", "owner_relief"}


def apply(request: ChangeRequest, *, on: date, actor: User) -> None:
    """Write the wanted values and bring the money after them, in the caller's transaction.

    Only orders of the current season follow; past seasons stay as they are (domain.md §3.1). `Refusal` when a value
    is not any more what it was when the request was made.
    """
    sign_history(actor, request=request.number)
    room = None
    if request.room_id:
        rows = Room.objects.select_for_update(of=("self",), no_key=True).select_related("owner")
        room = rows.get(pk=request.room_id)
    owner = Owner.objects.select_for_update(no_key=True).get(pk=room.owner_id if room else request.owner_id)
    _refuse_stale(request, owner, room)
    if is_transfer(request):
        transfer(request, room, on=on, actor=actor)
        return
    _refuse_renaming(request, owner, room)
    facts = _write(request, owner, room)
    _refuse_bare_relief(request, owner)
    contract = None
    if "product_code" in request.after:
        contract = change_product(request, room, request.after["product_code"], on=on, actor=actor)
    for each in _rooms(owner, room, facts, contract):
        mine = facts if room is None or each.pk == room.pk else facts & {"relief"}
        new = contract if room is not None and each.pk == room.pk else None
        _rerate(each, owner, mine, new, request, on=on, actor=actor)
    if "debt" in request.after:
        set_old_debt(request, room, owner, request.after["debt"], on=on, actor=actor)


def rooms_of(request: ChangeRequest) -> list[int]:
    """Return the rooms whose orders a request may change: its own, and all of an owner whose relief changes."""
    found = {request.room_id} - {None}
    if not found or RELIEF & set(request.after):
        owner = request.room.owner_id if request.room_id else request.owner_id
        found |= set(Room.objects.filter(owner_id=owner).values_list("pk", flat=True))
    return sorted(found)


def _rooms(owner: Owner, room: Room | None, facts: set[str], contract: Contract | None) -> list[Room]:
    if "relief" in facts or (facts and room is None):
        others = list(owner.rooms.order_by("pk"))
        return [room if room is not None and each.pk == room.pk else each for each in others]
    return [room] if room is not None and (facts or contract) else []


def _refuse_stale(request: ChangeRequest, owner: Owner, room: Room | None) -> None:
    """What the approver sees as old must be what is old; what is already as wanted is fine."""
    for name in set(request.after) - set(BESIDES):
        change = CHANGES.get(name)
        if change is None or (change.on == "room" and room is None):
            raise Refusal("该申请含有不能识别的内容，请驳回后重新申请")
        now = text_of(getattr(owner if change.on == "owner" else room, change.field))
        if not same(name, now, request.before.get(name)) and not same(name, now, request.after[name]):
            raise Refusal(f"{label_of(name) or '证件号码'}在申请之后已变更，请编辑或驳回后重新申请")


def _refuse_renaming(request: ChangeRequest, owner: Owner, room: Room | None) -> None:
    """A file's other name for one of several rooms is another owner, not another name (domain.md A19)."""
    if room is None or not {"owner_name", "owner_phone"} & set(request.after):
        return
    name, phone = request.after.get("owner_name") or owner.name, request.after.get("owner_phone") or owner.phone
    if (name, phone) == (owner.name, owner.phone):
        return
    others = Owner.objects.filter(company_id=owner.company_id, name=name, phone=phone).exclude(pk=owner.pk)
    if there := others.first():
        raise Refusal(f"已有业主 {there.name}（编号 {there.number}）；如该户已换业主，请驳回后办理过户")
    count = owner.rooms.count()
    if name != owner.name and count > 1:
        raise Refusal(f"业主 {owner.name} 名下有 {count} 户，不能随一户改名；已换业主请办理过户，更正请申请业主变更")


def _refuse_bare_relief(request: ChangeRequest, owner: Owner) -> None:
    """优抚 counts from a day to a day, on a paper (domain.md §3.1)."""
    if owner.relief == Relief.NONE or not RELIEF & set(request.after):
        return
    if owner.relief_from is None or owner.relief_to is None:
        raise Refusal("优抚变更须填写有效期起止", field="relief_to")
    if parameter(owner.company_id, "优抚变更须附件") == "是" and not request.attachments.exists():
        raise Refusal("优抚变更须上传证明材料", field="files")


def _write(request: ChangeRequest, owner: Owner, room: Room | None) -> set[str]:
    """Set the fields; return the facts of the price that changed."""
    account = request.after.get("account_no")
    if room is not None and account and given_up(room.company_id, [account], room=room):
        raise Refusal("缴费账号曾被其他户室使用，不能再用", field="account_no")
    facts: set[str] = set()
    touched: dict[str, set[str]] = {"owner": set(), "room": set()}
    for name in set(request.after) - set(BESIDES):
        change = CHANGES[name]
        setattr(owner if change.on == "owner" else room, change.field, change.parse(text_of(request.after[name])))
        touched[change.on].add(change.field)
        facts |= {change.fact} - {""}
    try:
        with transaction.atomic():
            if touched["owner"]:
                owner.save(update_fields=sorted(touched["owner"]))
            if touched["room"] and room is not None:
                room.save(update_fields=sorted(touched["room"]))
    except IntegrityError as error:
        if account:
            raise Refusal("缴费账号已被其他户室使用", field="account_no") from error
        raise Refusal("变更后的业主姓名和电话已属另一位业主") from error
    return facts


def relief_for(owner: Owner, season: Season) -> str:
    """Return the relief type that counts in a season: only when it is valid for the whole of it."""
    begun = owner.relief_from is None or owner.relief_from <= season.starts_on
    lasts = owner.relief_to is None or owner.relief_to >= season.ends_on
    return owner.relief if begun and lasts else Relief.NONE


def _rerate(
    room: Room,
    owner: Owner,
    facts: set[str],
    contract: Contract | None,
    request: ChangeRequest,
    *,
    on: date,
    actor: User,
) -> None:
    living = Order.objects.alive().filter(room=room, season__current=True, fee_kind=FeeKind.HEAT)
    order = living.select_for_update(of=("self",)).select_related("season", "version").first()
    if order is None or order.version_id is None:
        return
    given: dict[str, Any] = {name: getattr(room, name) for name in facts & AREAS}
    given["cleared"] = frozenset(name for name, value in given.items() if value is None)
    if "relief" in facts:
        given["relief"] = relief_for(owner, order.season)
    if "vacancy" in facts:
        given["vacancy"] = room.heat_state == HeatState.VACANT
    if contract is not None:
        given["version"] = contract.version
    rerate(order, Facts(**given), on=on, reason=f"{request.get_kind_display()} {request.number}", actor=actor)
    if contract is not None:
        follow_contract(order, contract)
