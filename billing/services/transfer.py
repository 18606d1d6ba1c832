"""过户: the room gets another owner; money and contract follow as the request says (domain.md §3.1)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from billing.models import Contract, Order
from billing.services.contracts import contract_numbers
from billing.services.prepayment import owe_back
from billing.states import ContractSource, ContractState
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.money import ZERO
from property.models import ChangeRequest, Owner, Room
from property.models.located import place_of
from property.services.owners import owner_number

NEW_OWNER = ("new_owner_number", "new_owner_name", "new_owner_phone")


def is_transfer(request: ChangeRequest) -> bool:
    """Say whether the request gives the room another owner."""
    return any(name in request.after for name in NEW_OWNER)


def wanted_owner(data: dict[str, Any], *, room: Room, actor: Any) -> dict[str, Any]:
    """Return the new owner's name, phone and, when he is one of the company's owners already, his number.

    `Refusal` for a number outside the actor's scope, an owner out of use, and the owner that the room has already.
    """
    number = data.get("new_owner_number")
    if number:
        rows = Owner.objects.visible_to(actor, "property.view_owner")
        found = rows.filter(company_id=room.company_id, number=number).first()
        if found is None:
            raise Refusal("没有这个业主编号", field="new_owner_number")
    else:
        named = {"name": data["new_owner_name"], "phone": data["new_owner_phone"]}
        found = Owner.objects.filter(company_id=room.company_id, **named).first()
    if found is None:
        return {"new_owner_name": data["new_owner_name"], "new_owner_phone": data["new_owner_phone"]}
    if found.pk == room.owner_id:
        raise Refusal("新业主就是现在的业主，无需过户")
    if not found.active:
        raise Refusal(f"业主 {found.name}（编号 {found.number}）已停用，请先启用")
    return dict(zip(NEW_OWNER, (found.number, found.name, found.phone), strict=True))


def transfer(request: ChangeRequest, room: Room, *, on: date, actor: Any) -> None:
    """Give the room to the new owner, in the caller's transaction.

    Orders that stand keep the old name and price: they are the old owner's. `Refusal` while something is due, unless
    the new owner takes it over in writing.
    """
    _refuse_debts(request, room)
    if request.options.get("prepaid") == "refund":
        _give_back(request, room, on=on, actor=actor)
    owner = _new_owner(request, room, actor)
    room.owner = owner
    room.save(update_fields=["owner"])
    _sign_again(room, owner, request, on=on, actor=actor)


def _refuse_debts(request: ChangeRequest, room: Room) -> None:
    due = Order.objects.open().filter(room=room).aggregate(total=Sum("due"))["total"] or ZERO
    if not due:
        return
    if not request.options.get("takeover"):
        raise Refusal(f"该户尚欠 {due} 元，须先缴清，或由新业主书面承担欠费")
    if not request.attachments.exists():
        raise Refusal(f"该户尚欠 {due} 元，由新业主承担须上传其书面承诺", field="files")


def _give_back(request: ChangeRequest, room: Room, *, on: date, actor: Any) -> None:
    """Take the 预存款 off the account: it is the old owner's until it is paid out to him."""
    name = f"过户 {request.number}"
    source = f"change:{request.pk}:prepayment"
    excess = owe_back(room, source, on=on, reason=name, actor=actor, note=f"{name} 退还原业主")
    if excess is not None:
        record(actor, "excess.add", excess, after={"owner": room.owner.number, "amount": str(excess.amount)})


def _new_owner(request: ChangeRequest, room: Room, actor: Any) -> Owner:
    number = request.after.get("new_owner_number")
    mine = Owner.objects.filter(company_id=room.company_id)
    if number:
        found = mine.filter(number=number).first()
        if found is None:
            raise Refusal(f"新业主（编号 {number}）已删除，请驳回后重新申请")
        if not found.active:
            raise Refusal(f"新业主 {found.name}（编号 {number}）在申请之后已停用，请先启用，或驳回后重新申请")
        return found
    named = {
        "name": request.after.get("new_owner_name") or room.owner.name,
        "phone": request.after.get("new_owner_phone") or room.owner.phone,
    }
    if mine.filter(**named).exists():
        raise Refusal("提交之后已添加了同名同电话的业主，请编辑申请后再审批")
    try:
        with transaction.atomic():
            owner = Owner.objects.create(
                company_id=room.company_id,
                office_id=room.office_id,
                number=owner_number(),
                created_by=request.submitted_by,
                **named,
            )
    except IntegrityError as error:
        raise Refusal("有人正在添加同名同电话的业主，请稍后再试") from error
    record(actor, "owner.add", owner, after={"number": owner.number}, note=request.number)
    return owner


def _sign_again(room: Room, owner: Owner, request: ChangeRequest, *, on: date, actor: Any) -> None:
    """End the contract of the current season and make the same one for the new owner; its order stays."""
    mine = Contract.objects.filter(room=room, season__current=True)
    if mine.filter(state__in=(ContractState.PENDING, ContractState.DRAFT)).exists():
        raise Refusal("该户有待审批的签约，请先审批或撤回签约，再过户")
    for old in mine.filter(state=ContractState.APPROVED).select_for_update(of=("self",)):
        sign_instead(old, owner_id=owner.pk, version=old.version, request=request, on=on, actor=actor)


def sign_instead(
    old: Contract, *, owner_id: int, version: Any, request: ChangeRequest, on: date, actor: Any
) -> Contract:
    """End a locked contract on day `on` and make another for the same room and season in its place."""
    why = f"{request.get_kind_display()} {request.number}"
    old.state, old.terminated_on = ContractState.TERMINATED, on
    old.decision_note = why
    old.save(update_fields=["state", "terminated_on", "decision_note"])
    new = Contract.objects.create(
        **place_of(old),
        room_id=old.room_id,
        owner_id=owner_id,
        season_id=old.season_id,
        product_id=version.product_id,
        version=version,
        number=contract_numbers(1, on)[0],
        state=ContractState.APPROVED,
        source=ContractSource.TRANSFER if is_transfer(request) else ContractSource.IMPORT,
        submitted_by=request.submitted_by,
        decided_by=actor if actor.pk != request.submitted_by_id else None,
    )
    record(actor, "contract.state", old, before=ContractState.APPROVED, after=old.state, note=f"{why} → {new.number}")
    return new
