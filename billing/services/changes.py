"""Changes under approval: asked for, looked at with their money effect, approved by another person, applied as seen.

Old values stay in force until approval (domain.md §3.1). The effect is found by applying the change in a savepoint that
is rolled back, so what the approver sees is what approval does (quality.md P2).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from accounts.models import User
from billing.models import Order, PrepaymentEntry
from billing.services.apply_change import CHANGES, apply, readable
from billing.states import Direction
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.money import ZERO
from heating.kit.seal import fingerprint
from property.models import ChangeRequest, Owner, Room
from property.services.owners import sealed
from property.states import ChangeKind, ChangeState, change_flow

APPROVE = "property.approve_changerequest"


class _Undo(Exception):
    """Ends the savepoint of a trial."""


def request_number(on: date) -> str:
    """Take the next number of a request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('property_change_number')")
        return f"BG{on:%Y%m%d}{cursor.fetchone()[0]:06d}"


@transaction.atomic
def request_owner_change(pk: int, after: dict[str, Any], *, reason: str, actor: User, on: date) -> ChangeRequest:
    """Ask for a change of an owner; `Refusal` when nothing differs or another request is open."""
    owner = Owner.objects.visible_to(actor, "property.request_owner_change").locked(pk)
    kind, number = after.get("id_kind", owner.id_kind), after.get("id_no", "")
    after = {name: value for name, value in after.items() if name not in ("id_kind", "id_no")}
    if number and fingerprint(number) != owner.id_hash:
        after |= sealed(kind, number)
    return _file(ChangeKind.OWNER, owner, None, after, reason=reason, actor=actor, on=on)


@transaction.atomic
def request_room_change(
    pk: int,
    kind: str,
    after: dict[str, Any],
    *,
    reason: str,
    actor: User,
    on: date,
    options: dict[str, Any] | None = None,
) -> ChangeRequest:
    """Ask for a change of a room: 面积, 层高, 缴费账号, 过户 or other facts."""
    room = Room.objects.visible_to(actor, "property.request_room_change").locked(pk)
    return _file(kind, None, room, after, reason=reason, actor=actor, on=on, options=options or {})


def _file(
    kind: str,
    owner: Owner | None,
    room: Room | None,
    after: dict[str, Any],
    *,
    reason: str,
    actor: User,
    on: date,
    options: dict[str, Any] | None = None,
) -> ChangeRequest:
    target = room or owner
    wanted = {name: _text(value) for name, value in after.items()}
    before = {name: _text(CHANGES[name].read(target)) for name in wanted}
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if not changed:
        raise Refusal("没有任何变化，无需提交")
    try:
        with transaction.atomic():
            made = ChangeRequest.objects.create(
                company_id=target.company_id,
                office_id=target.office_id,
                community_id=room.community_id if room else None,
                building_id=room.building_id if room else None,
                number=request_number(on),
                kind=kind,
                owner=owner,
                room=room,
                before={name: before[name] for name in changed},
                after=changed,
                options=options or {},
                reason=reason,
                submitted_by=actor,
                effective_on=on,
            )
    except IntegrityError as error:
        raise Refusal("已有待审批的变更申请，请等待审批或先撤回") from error
    _effect(made, on=on, actor=actor)  # what cannot be applied is refused now, not by the approver
    record(actor, "change.submit", made, before=readable(made.before), after=readable(made.after), note=reason)
    return made


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def effect(pk: int, *, on: date, actor: User) -> tuple[list[dict[str, str]], str]:
    """Return what approval would do to orders and 预存款, and the hash of request and effect; nothing is written."""
    request = ChangeRequest.objects.visible_to(actor, "property.view_changerequest").get(pk=pk)
    rows = _effect(request, on=on, actor=actor) if request.state == ChangeState.PENDING else request.effect or []
    return rows, _hash(request, rows)


def _effect(request: ChangeRequest, *, on: date, actor: User) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    try:
        with transaction.atomic():
            before = _money(request)
            apply(request, on=on, actor=actor)
            rows = _differences(before, _money(request))
            raise _Undo
    except _Undo:
        return rows


def _rooms(request: ChangeRequest) -> list[int]:
    if request.room_id:
        return [request.room_id]
    return list(Room.objects.filter(owner_id=request.owner_id).values_list("pk", flat=True))


def _money(request: ChangeRequest) -> dict[str, dict[str, str]]:
    """Return every living order of the rooms concerned, and their 预存款, as text."""
    rooms = _rooms(request)
    orders = Order.objects.alive().filter(room_id__in=rooms).select_related("season").order_by("season__year", "id")
    found = {
        f"{o.season.name} {o.get_fee_kind_display()} {'补差' if o.seq > 1 else ''}".strip()
        + f" #{o.room.account_no}/{o.seq}": {
            "line": f"{o.get_line_display()} {o.line_amount}",
            "principal": str(o.principal),
            "due": str(o.due),
        }
        for o in orders.select_related("room")
    }
    entries = PrepaymentEntry.objects.filter(prepayment__room_id__in=rooms).values_list("direction")
    sums = dict(entries.annotate(total=Sum("amount")).order_by())
    balance = sums.get(Direction.IN, ZERO) - sums.get(Direction.OUT, ZERO)
    found["预存款"] = {"line": "", "principal": "", "due": str(-balance)}
    return found


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    empty = {"line": "", "principal": "0.00", "due": "0.00"}
    return [
        {
            "what": key.split(" #")[0],
            **{f"{k}_before": v for k, v in before.get(key, empty).items()},
            **{f"{k}_after": v for k, v in after.get(key, empty).items()},
        }
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]


def _hash(request: ChangeRequest, rows: list[dict[str, str]]) -> str:
    seen = json.dumps([request.before, request.after, request.options, rows], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(seen.encode()).hexdigest()


def _decidable(pk: int, actor: User, verb: str) -> ChangeRequest:
    request = ChangeRequest.objects.visible_to(actor, APPROVE).locked(pk)
    if actor.pk in (request.submitted_by_id, request.edited_by_id):
        raise Refusal("不能审批自己提交的申请")
    change_flow.next(verb, request.state)
    return request


@transaction.atomic
def approve_change(pk: int, *, seen: str, actor: User, on: date, now: datetime, note: str = "") -> ChangeRequest:
    """Let the change take effect; `Refusal` by its own author, or when it is not any more what the approver saw."""
    request = _decidable(pk, actor, "approve")
    list(Order.objects.select_for_update().filter(room_id__in=_rooms(request)).order_by("id"))
    rows = _effect(request, on=on, actor=actor)
    if _hash(request, rows) != seen:
        raise Refusal("内容或金额影响已变化，请重新查看后再审批")
    apply(request, on=on, actor=actor)
    request.effect, request.seen_hash = rows, seen
    return _decide(request, "approve", actor, now, note)


@transaction.atomic
def reject_change(pk: int, *, reason: str, actor: User, now: datetime) -> ChangeRequest:
    """驳回 with a reason; the old values stay."""
    return _decide(_decidable(pk, actor, "reject"), "reject", actor, now, reason)


def _decide(request: ChangeRequest, verb: str, actor: User, now: datetime, note: str) -> ChangeRequest:
    before, request.state = request.state, change_flow.next(verb, request.state)
    request.decided_by, request.decided_at, request.decision_note = actor, now, note[:300]
    request.save(update_fields=["state", "decided_by", "decided_at", "decision_note", "effect", "seen_hash"])
    record(actor, f"change.{verb}", request, before=before, after=request.state, note=note)
    return request


@transaction.atomic
def withdraw_change(pk: int, *, actor: User) -> ChangeRequest:
    """撤回 by the submitter while it waits."""
    request = ChangeRequest.objects.visible_to(actor, "property.view_changerequest").locked(pk)
    if request.submitted_by_id != actor.pk:
        raise Refusal("只能撤回自己提交的申请")
    before, request.state = request.state, change_flow.next("withdraw", request.state)
    request.save(update_fields=["state"])
    record(actor, "change.withdraw", request, before=before, after=request.state)
    return request
