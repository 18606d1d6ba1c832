"""Changes under approval: asked for, edited, looked at with their money effect, decided by another person.

Old values stay in force until approval (domain.md §3.1). The effect is found by applying the change in a savepoint that
is rolled back, so what the approver sees is what approval does (quality.md P2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from accounts.models import User
from billing.services.apply_change import apply
from billing.services.change_fields import BESIDES, CHANGES, readable, same, text_of
from billing.services.effects import Effect, hash_of, lock, trial
from billing.services.transfer import is_transfer, wanted_owner
from heating.audit.services import record
from heating.kit.encryption import fingerprints
from heating.kit.errors import Refusal
from property.models import ChangeRequest, Owner, Room
from property.services.attachments import Kept, attach, keeping, mark_edited, permission_of
from property.services.owners import sealed
from property.states import ChangeKind, ChangeState, change_flow

APPROVE = "property.approve_changerequest"
DOCUMENT = ("id_kind", "id_no", "clear_id")


def request_number(on: date) -> str:
    """Take the next number of a request."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('property_change_number')")
        return f"BG{on:%Y%m%d}{cursor.fetchone()[0]:06d}"


def request_owner_change(
    pk: int, after: dict[str, Any], *, reason: str, actor: User, on: date, files: Iterable[Any] = ()
) -> ChangeRequest:
    """Ask for a change of an owner; `Refusal` when nothing differs or another request is open."""
    with keeping(files) as kept, transaction.atomic():
        owner = Owner.objects.visible_to(actor, "property.request_owner_change").get(pk=pk)
        made = ChangeRequest(kind=ChangeKind.OWNER, owner=owner, reason=reason, effective_on=on)
        return _file(made, owner, _owner_values(owner, after), kept, actor=actor, on=on)


def request_room_change(
    pk: int,
    kind: str,
    after: dict[str, Any],
    *,
    reason: str,
    actor: User,
    on: date,
    options: dict[str, Any] | None = None,
    effective_on: date | None = None,
    files: Iterable[Any] = (),
) -> ChangeRequest:
    """Ask for a change of a room: 面积, 层高, 缴费账号, 过户 or other facts; 过户 may take effect on a later day."""
    with keeping(files) as kept, transaction.atomic():
        rows = Room.objects.visible_to(actor, "property.request_room_change").select_related("owner")
        room = rows.get(pk=pk)
        made = ChangeRequest(
            kind=kind, room=room, reason=reason, options=options or {}, effective_on=effective_on or on
        )
        made.community_id, made.building_id = room.community_id, room.building_id
        wanted = wanted_owner(after, room=room, actor=actor) if kind == ChangeKind.TRANSFER else after
        return _file(made, room, wanted, kept, actor=actor, on=on)


def _owner_values(owner: Owner, data: dict[str, Any], kept: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the columns that an owner's form asks for.

    A document number is never shown, so an empty one changes nothing (`kept`: what the request asked before) unless
    清除证件号码 is ticked.
    """
    wanted = {name: value for name, value in data.items() if name not in DOCUMENT}
    if "note" in wanted:
        wanted["owner_note"] = wanted.pop("note")
    number, kind = data.get("id_no", ""), data.get("id_kind") or owner.id_kind
    if data.get("clear_id"):
        wanted |= sealed("", "")
    elif number and owner.id_hash not in fingerprints(number):
        wanted |= sealed(kind, number)
    elif kept and "id_cipher" in kept and not number:
        wanted |= {name: value for name, value in kept.items() if name.startswith("id_")}
    elif owner.id_hash:
        wanted["id_kind"] = kind
    return wanted


def _compare(
    request: ChangeRequest, target: Owner | Room, after: dict[str, Any], besides: Collection[str] = ()
) -> None:
    """Set old and new values of what differs; `Refusal` when nothing does. `besides` stays as an import asked."""
    kept = [{name: values[name] for name in besides} for values in (request.before, request.after) if besides]
    wanted = {name: text_of(value) for name, value in after.items()}
    now = {name: text_of(CHANGES[name].read(target)) for name in wanted}
    changed = {name: value for name, value in wanted.items() if not same(name, value, now[name])}
    if not changed and not kept:
        raise Refusal("没有任何变化，无需提交")
    before, asked = kept or ({}, {})
    request.before, request.after = {name: now[name] for name in changed} | before, changed | asked


def _file(
    made: ChangeRequest, target: Owner | Room, after: dict[str, Any], kept: list[Kept], *, actor: User, on: date
) -> ChangeRequest:
    _compare(made, target, after)
    made.company_id, made.office_id, made.submitted_by = target.company_id, target.office_id, actor
    made.number = request_number(on)
    _save(made)
    attach(made, kept, actor=actor)
    trial(made, on=on, actor=actor)  # what cannot be applied is refused now, not by the approver
    record(actor, "change.submit", made, before=readable(made.before), after=readable(made.after), note=made.reason)
    return made


def _save(request: ChangeRequest) -> None:
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        raise Refusal("已有待审批的变更申请，请等待审批或先撤回") from error


def edit_change(
    pk: int,
    after: dict[str, Any],
    *,
    reason: str,
    actor: User,
    on: date,
    now: datetime,
    options: dict[str, Any] | None = None,
    effective_on: date | None = None,
    files: Iterable[Any] = (),
) -> ChangeRequest:
    """Change what a waiting request asks for, or submit a rejected or withdrawn one again under its number.

    Whoever edits it cannot approve it, and what an approver has seen before counts no more (quality.md P1, P2).
    """
    with keeping(files) as kept, transaction.atomic():
        found = ChangeRequest.objects.get(pk=pk)
        request = ChangeRequest.objects.visible_to(actor, permission_of(found)).locked(pk)
        verb = "edit" if request.state == ChangeState.PENDING else "submit"
        state, request.state = request.state, change_flow.next(verb, request.state)
        old = readable(request.after)
        if request.room_id:
            target: Owner | Room = request.room
            after = wanted_owner(after, room=request.room, actor=actor) if is_transfer(request) else after
        else:
            target, after = request.owner, _owner_values(request.owner, after, kept=request.after)
        _compare(request, target, after, besides=set(request.after) & set(BESIDES))
        request.reason, request.options, request.effective_on = reason, options or {}, effective_on or on
        if verb == "submit":
            request.submitted_at, request.decided_by, request.decided_at, request.decision_note = now, None, None, ""
        mark_edited(request, actor)
        _save(request)
        attach(request, kept, actor=actor)
        trial(request, on=on, actor=actor)
        told = {"state": request.state, **readable(request.after)}
        record(actor, f"change.{verb}", request, before={"state": state, **old}, after=told, note=reason)
        return request


def effect(pk: int, *, on: date, actor: User) -> tuple[Effect, str]:
    """Return what approval would do to orders and 预存款, and the hash of what is seen; nothing is written.

    `Refusal` when it cannot be approved as things are.
    """
    request = ChangeRequest.objects.visible_to(actor, "property.view_changerequest").get(pk=pk)
    rows = trial(request, on=on, actor=actor) if request.state == ChangeState.PENDING else request.effect or []
    return rows, hash_of(request, rows)


def not_yet(request: ChangeRequest, on: date) -> str:
    """Return why a request must wait, or nothing: a 过户 is not approved before its day."""
    early = is_transfer(request) and request.effective_on is not None and request.effective_on > on
    return f"该过户自 {request.effective_on:%Y-%m-%d} 生效，请于当日起审批" if early else ""


def own(request: ChangeRequest, actor: User) -> bool:
    """Say whether the actor submitted, edited or added to the request, so that he may not decide it."""
    if actor.pk in (request.submitted_by_id, request.edited_by_id):
        return True
    return bool(request.attachments.filter(added_by=actor).exists())


def _decidable(pk: int, actor: User, verb: str) -> ChangeRequest:
    request: ChangeRequest = ChangeRequest.objects.visible_to(actor, APPROVE).locked(pk)
    if own(request, actor):
        raise Refusal("不能审批自己提交或编辑的申请")
    change_flow.next(verb, request.state)
    return request


@transaction.atomic
def approve_change(pk: int, *, seen: str, actor: User, on: date, now: datetime, note: str = "") -> ChangeRequest:
    """Let the change take effect; `Refusal` by its own author, or when it is not any more what the approver saw."""
    request = _decidable(pk, actor, "approve")
    if wait := not_yet(request, on):
        raise Refusal(wait)
    lock(request, billing=True)
    rows = trial(request, on=on, actor=actor)
    if hash_of(request, rows) != seen:
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
