"""The one way to write a money event: a ledger group with its entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from django.db import IntegrityError

from accounts.models import User
from billing.models import LedgerEntry, LedgerGroup, Order
from billing.states import Posting, Side
from heating.kit.errors import Refusal
from heating.kit.money import ZERO


class Place(Protocol):
    """Where a money event belongs: a room, an order, or anything else with its office."""

    company_id: int
    office_id: int


@dataclass(frozen=True)
class Entry:
    """One side of a money event: `amount` 元, above 0, on an account; with its order and room where it has them."""

    account: str
    side: Side
    amount: Decimal
    order_id: int | None = None
    room_id: int | None = None


def pair(posting: Posting, amount: Decimal, *, order_id: int | None = None, room_id: int | None = None) -> list[Entry]:
    """Return the two entries of an event that moves one amount from one account to another."""
    sides = ((posting.debit, Side.DEBIT), (posting.credit, Side.CREDIT))
    return [Entry(account, side, amount, order_id, room_id) for account, side in sides]


def post(
    source: str, lines: Iterable[Entry], *, on: date, place: Place, actor: User | None, note: str = ""
) -> LedgerGroup:
    """Write the event `source` and its entries in the caller's transaction and return the group.

    `Refusal` when the source has been posted before. `ValueError`, a mistake of the caller, when debit and credit
    differ, when an amount is not above 0, or when there are fewer than two entries.
    """
    entries = list(lines)
    check(source, entries)
    try:
        group: LedgerGroup = LedgerGroup.objects.create(
            source=source, on=on, company_id=place.company_id, office_id=place.office_id, actor=actor, note=note
        )
    except IntegrityError as error:
        raise Refusal("这笔账已经记过，请刷新后查看") from error
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            group=group,
            account=entry.account,
            side=entry.side,
            amount=entry.amount,
            order_id=entry.order_id,
            room_id=entry.room_id,
        )
        for entry in entries
    )
    return group


def check(source: str, entries: list[Entry]) -> None:
    """Raise `ValueError` unless the entries are a balanced event."""
    debit = sum((e.amount for e in entries if e.side == Side.DEBIT), ZERO)
    credit = sum((e.amount for e in entries if e.side == Side.CREDIT), ZERO)
    if len(entries) < 2 or debit != credit or any(e.amount <= 0 for e in entries):
        raise ValueError(f"{source}: {len(entries)} entries, debit {debit}, credit {credit}")


def post_order(
    order: Order, event: str, posting: Posting, amount: Decimal, *, on: date, actor: User | None
) -> LedgerGroup:
    """Post the next event of this kind of an order, whose row is locked."""
    stem = f"order:{order.pk}:{event}:"
    nth = LedgerGroup.objects.filter(source__startswith=stem).count() + 1
    lines = pair(posting, amount, order_id=order.pk, room_id=order.room_id)
    return post(f"{stem}{nth}", lines, on=on, place=order, actor=actor)
