"""预存款: money of a room's account that no order has claimed yet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from accounts.models import User
from billing.models import Excess, LedgerGroup, Prepayment, PrepaymentEntry
from billing.services.ledger import pair, post
from billing.states import OWED_BACK, Direction
from heating.kit.errors import Refusal
from heating.kit.money import ZERO
from property.models import Room
from property.models.located import place_of


def move_prepayment(
    room_id: int,
    group: LedgerGroup,
    amount: Decimal,
    *,
    on: date,
    direction: Direction,
    payment_id: int | None = None,
    order_id: int | None = None,
    note: str = "",
) -> Decimal:
    """Book `amount` in or out of a room's 预存款 in the caller's transaction and return the balance.

    `Refusal` when more would go out than is there. Nothing is locked for an amount of zero.
    """
    if not amount:
        held = Prepayment.objects.filter(room_id=room_id).first()
        return held.balance if held else ZERO
    account: Prepayment = _locked(room_id)
    if direction == Direction.OUT and account.balance < amount:
        raise Refusal("预存款余额不足")
    balance: Decimal = account.balance + (amount if direction == Direction.IN else -amount)
    account.balance = balance
    account.save(update_fields=["balance", "changed_at"])
    PrepaymentEntry.objects.create(
        prepayment=account,
        group=group,
        payment_id=payment_id,
        order_id=order_id,
        direction=direction,
        amount=amount,
        on=on,
        note=note,
    )
    return balance


def refuse_used(room_id: int, amount: Decimal) -> None:
    """Lock a room's 预存款; `Refusal` when less than `amount` is left of what a payment brought that goes back."""
    held = Prepayment.objects.select_for_update().filter(room=room_id).values_list("balance", flat=True).first()
    if held is None or held < amount:
        raise Refusal("该笔缴费转入的预存款已被使用，不能冲正，请走退费")


def owe_back(room: Room, source: str, *, on: date, reason: str, actor: User, note: str = "") -> Excess | None:
    """Take a room's whole 预存款 off its account and owe it to the owner it has now; nothing when there is none.

    What is owed waits as 挂账 for its refund; `source` names the ledger group.
    """
    amount = _locked(room.pk).balance
    if not amount:
        return None
    group = post(source, pair(OWED_BACK, amount, room_id=room.pk), on=on, place=room, actor=actor, note=note)
    move_prepayment(room.pk, group, amount, on=on, direction=Direction.OUT, note=reason[:100])
    excess: Excess = Excess.objects.create(
        **place_of(room),
        room=room,
        owner=room.owner,
        owner_name=room.owner.name,
        account_no=room.account_no,
        address=room.address,
        amount=amount,
        on=on,
        reason=reason[:100],
        group=group,
    )
    return excess


def _locked(room_id: int) -> Prepayment:
    rows = Prepayment.objects.select_for_update()
    account: Prepayment | None = rows.filter(room_id=room_id).first()
    if account is None:
        room = Room.objects.get(pk=room_id)
        Prepayment.objects.get_or_create(room=room, defaults=place_of(room))
        account = rows.get(room_id=room_id)
    return account
