"""What approval of a change request would do to orders and 预存款: found by doing it and taking it back."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Sum

from accounts.models import User
from billing.models import Excess, Order, Prepayment
from billing.services.apply_change import apply, rooms_of
from billing.services.bill_run import lock_communities
from heating.kit.money import ZERO
from property.models import ChangeRequest, Room

Effect = list[dict[str, str]]


class _Undo(Exception):
    """Ends the savepoint of a trial."""


def lock(request: ChangeRequest, *, billing: bool = False) -> None:
    """Lock the orders concerned, before any room: a payment holds its orders first as well.

    With `billing` no bill run may make an order in these communities before the change is written.
    """
    rooms = rooms_of(request)
    if billing:
        places = sorted(set(Room.objects.filter(pk__in=rooms).values_list("community_id", flat=True)))
        with connection.cursor() as cursor:
            lock_communities(cursor, places)
    list(Order.objects.select_for_update().filter(room_id__in=rooms).order_by("id").values_list("pk"))


def trial(request: ChangeRequest, *, on: date, actor: User) -> Effect:
    """Return the money effect; nothing stays written. `Refusal` when the request cannot be applied as things are."""
    rows: Effect = []
    try:
        with transaction.atomic():
            lock(request)
            before = _money(request)
            apply(request, on=on, actor=actor)
            rows = _differences(before, _money(request))
            raise _Undo
    except _Undo:
        return rows


def hash_of(request: ChangeRequest, rows: Effect) -> str:
    """Return the hash of everything that the approver sees: values, options, day, attachments and effect."""
    files = list(request.attachments.order_by("id").values_list("name", "sha256"))
    told = [request.before, request.after, request.options, str(request.effective_on), request.reason, files, rows]
    seen = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(seen.encode()).hexdigest()


def _money(request: ChangeRequest) -> dict[str, dict[str, str]]:
    """Return every living order of the rooms concerned, their 预存款 and what is owed back, as text."""
    rooms = rooms_of(request)
    orders = Order.objects.alive().filter(room_id__in=rooms).select_related("season").order_by("season__year", "id")
    found = {
        f"{o.season.name} {o.get_fee_kind_display()} {'补差' if o.seq > 1 else ''}".strip()
        + f" #{o.account_no}/{o.seq}": {
            "line": f"{o.get_line_display()} {o.line_amount}",
            "principal": str(o.principal),
            "due": str(o.due),
        }
        for o in orders
    }
    held = Prepayment.objects.filter(room_id__in=rooms).aggregate(total=Sum("balance"))["total"] or ZERO
    owed = Excess.objects.filter(room_id__in=rooms).aggregate(total=Sum(F("amount") - F("returned")))["total"] or ZERO
    for what, amount in (("预存款", held), ("待退还业主", owed)):
        found[what] = {"line": "", "principal": "", "due": str(-amount)}
    return found


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Effect:
    empty = {"line": "", "principal": "0.00", "due": "0.00"}
    return [
        {
            "what": key.split(" #")[0],
            "account": key.partition(" #")[2].partition("/")[0],
            **{f"{k}_before": v for k, v in before.get(key, empty).items()},
            **{f"{k}_after": v for k, v in after.get(key, empty).items()},
        }
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]
