"""过户: the room gets another owner; money and contract follow as the request says."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from accounts.models import User
from billing.approvals.priced import PricedChange
from billing.models import Contract, Order
from billing.services.contracts import sign_instead
from billing.services.prepayment import owe_back
from billing.states import ContractSource, ContractState
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.money import ZERO
from property.models import ChangeRequest, Owner, Room
from property.services.changes import Field, Values
from property.services.owners import owner_number


class TransferChange(PricedChange):
    """过户 from its day on.

    Orders that stand keep the old name and price: they are the old owner's. `Refusal` while something is due, unless
    the new owner takes it over in writing.
    """

    code, label, dated = "transfer", "过户", True
    fields = {
        "new_owner_number": Field("新业主编号", "owner", "number"),
        "new_owner_name": Field("新业主姓名", "owner", "name"),
        "new_owner_phone": Field("新业主电话", "owner", "phone"),
    }

    def not_yet(self, row: ChangeRequest, on: date) -> str:
        early = row.effective_on is not None and row.effective_on > on
        return f"该过户自 {row.effective_on:%Y-%m-%d} 生效，请于当日起审批" if early else ""

    def wanted(self, target: Any, data: Values, *, kept: Values, actor: User) -> Values:
        """Return the new owner's name, phone and, for one of the company's owners already, their number.

        `Refusal` for a number outside the actor's scope, an owner out of use, and the owner that the room has already.
        """
        number = data.get("new_owner_number")
        if number:
            rows = Owner.objects.visible_to(actor, "property.view_owner")
            found = rows.filter(company_id=target.company_id, number=number).first()
            if found is None:
                raise Refusal("没有这个业主编号", field="new_owner_number")
        else:
            named = {"name": data["new_owner_name"], "phone": data["new_owner_phone"]}
            found = Owner.objects.filter(company_id=target.company_id, **named).first()
        if found is None:
            return {"new_owner_name": data["new_owner_name"], "new_owner_phone": data["new_owner_phone"]}
        if found.pk == target.owner_id:
            raise Refusal("新业主就是现在的业主，无需过户")
        if not found.active:
            raise Refusal(f"业主 {found.name}（编号 {found.number}）已停用，请先启用")
        return dict(zip(self.fields, (found.number, found.name, found.phone), strict=True))

    def changes_owner(self, row: ChangeRequest) -> bool:
        """The old owner stays as they are."""
        return False

    def remarks(self, row: ChangeRequest) -> list[tuple[str, str, str]]:
        found = [("欠费", "—", "由新业主书面承担")] if row.options.get("takeover") else []
        found.append(("预存款", "—", "退还原业主" if row.options.get("prepaid") == "refund" else "留在缴费账号"))
        found.append(("新业主", "—", "已有业主" if row.after.get("new_owner_number") else "新建业主"))
        return found

    def apply(self, row: ChangeRequest, *, on: date, actor: User) -> None:
        owner, room = self.locked(row, actor)
        self.refuse_stale(row, owner, room)
        assert room is not None  # a 过户 is always that of a room
        self.hand_over(row, room, on=on, actor=actor)

    def hand_over(self, row: ChangeRequest, room: Room, *, on: date, actor: User) -> None:
        """Give the room to the new owner, in the caller's transaction."""
        refuse_debts(row, room)
        if row.options.get("prepaid") == "refund":
            give_back(row, room, on=on, actor=actor)
        owner = new_owner(row, room, actor)
        room.owner = owner
        room.save(update_fields=["owner"])
        sign_again(row, room, owner, on=on, actor=actor)


def refuse_debts(row: ChangeRequest, room: Room) -> None:
    due = Order.objects.open().filter(room=room).aggregate(total=Sum("due"))["total"] or ZERO
    if not due:
        return
    if not row.options.get("takeover"):
        raise Refusal(f"该户尚欠 {due} 元，须先缴清，或由新业主书面承担欠费")
    if not row.attachments.exists():
        raise Refusal(f"该户尚欠 {due} 元，由新业主承担须上传其书面承诺", field="files")


def give_back(row: ChangeRequest, room: Room, *, on: date, actor: User) -> None:
    """Take the 预存款 off the account: it is the old owner's until it is paid out to them."""
    name = f"过户 {row.number}"
    source = f"change:{row.pk}:prepayment"
    excess = owe_back(room, source, on=on, reason=name, actor=actor, note=f"{name} 退还原业主")
    if excess is not None:
        record(actor, "excess.add", excess, after={"owner": room.owner.number, "amount": str(excess.amount)})


def new_owner(row: ChangeRequest, room: Room, actor: User) -> Owner:
    number = row.after.get("new_owner_number")
    mine = Owner.objects.filter(company_id=room.company_id)
    if number:
        found = mine.filter(number=number).first()
        if found is None:
            raise Refusal(f"新业主（编号 {number}）已删除，请驳回后重新申请")
        if not found.active:
            raise Refusal(f"新业主 {found.name}（编号 {number}）在申请之后已停用，请先启用，或驳回后重新申请")
        return found
    named = {
        "name": row.after.get("new_owner_name") or room.owner.name,
        "phone": row.after.get("new_owner_phone") or room.owner.phone,
    }
    if mine.filter(**named).exists():
        raise Refusal("提交之后已添加了同名同电话的业主，请编辑申请后再审批")
    try:
        with transaction.atomic():
            owner = Owner.objects.create(
                company_id=room.company_id,
                office_id=room.office_id,
                number=owner_number(),
                created_by=row.submitted_by,
                **named,
            )
    except IntegrityError as error:
        raise Refusal("有人正在添加同名同电话的业主，请稍后再试") from error
    record(actor, "owner.add", owner, after={"number": owner.number}, note=row.number)
    return owner


def sign_again(row: ChangeRequest, room: Room, owner: Owner, *, on: date, actor: User) -> None:
    """End the contract of the current season and make the same one for the new owner; its order stays."""
    mine = Contract.objects.filter(room=room, season__current=True)
    if mine.filter(state__in=(ContractState.PENDING, ContractState.DRAFT)).exists():
        raise Refusal("该户有待审批的签约，请先审批或撤回签约，再过户")
    for old in mine.filter(state=ContractState.APPROVED).select_for_update(of=("self",)):
        sign_instead(
            old,
            owner_id=owner.pk,
            version=old.version,
            source=ContractSource.TRANSFER,
            why=f"{row.get_kind_display()} {row.number}",
            submitted_by=row.submitted_by,
            on=on,
            actor=actor,
        )
