"""批量审批: look at many rows at once, then approve exactly those that are still as they were seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from heating.approvals.models import Approval
from heating.approvals.rules import SUMS, Effect, add_up
from heating.approvals.services.decisions import approve, kind_of, look, refuse_involved
from heating.approvals.states import ApprovalState
from heating.kit.actor import Actor
from heating.kit.errors import Refusal
from heating.kit.money import ZERO

# So many are looked at and approved while the person waits; more become a job.
AT_ONCE = 50
Progress = Callable[[int, int], None]


def waiting(model: type[Approval], actor: Actor, **conditions: Any) -> list[int]:
    """Return the ids of the waiting rows that the actor may decide and that fulfil the conditions, oldest first."""
    found: Any = model._default_manager
    rows = found.visible_to(actor, model.approve_permission).filter(state=ApprovalState.PENDING, **conditions)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def preview(
    model: type[Approval], ids: Iterable[int], *, actor: Actor, on: date, progress: Progress | None = None
) -> dict[str, Any]:
    """Return what approving them would do, as JSON: `ready` (id → hash of what was seen), `refused`, and sums in 元."""
    ready: dict[str, str] = {}
    refused: list[list[Any]] = []
    sums: dict[str, Any] = {"orders": 0} | dict.fromkeys(SUMS, ZERO)
    ids, rows = list(ids), _decidable(model, actor)
    for done, pk in enumerate(ids, start=1):
        row = rows.filter(pk=pk).first()
        if row is None:
            continue
        try:
            effect, ready[str(pk)] = _seen(row, actor, on)
        except Refusal as refusal:
            refused.append([pk, row.number, refusal.sentence])
        else:
            add_up(sums, effect)
        if progress:
            progress(done, len(ids))
    return {"ready": ready, "refused": refused, **{name: str(value) for name, value in sums.items()}}


def _decidable(model: type[Approval], actor: Actor) -> Any:
    rows: Any = model._default_manager
    return rows.visible_to(actor, model.approve_permission)


def _seen(row: Any, actor: Actor, on: date) -> tuple[Effect, str]:
    refuse_involved(row, actor)
    if row.state != ApprovalState.PENDING:
        raise Refusal(f"申请{row.get_state_display()}，不在待审批中")
    if wait := kind_of(row).not_yet(row, on):
        raise Refusal(wait)
    return look(row, on=on, actor=actor)


def approve_many(
    model: type[Approval],
    ready: dict[str, str],
    *,
    actor: Actor,
    on: date,
    now: datetime,
    note: str = "",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Approve each row whose hash is still the one seen, in a transaction of its own; report the others.

    Starts again anywhere: what this actor has approved with that hash counts as done.
    """
    approved, left = 0, []
    rows: Any = model._default_manager
    for done, (pk, seen) in enumerate(ready.items(), start=1):
        mine = rows.filter(pk=pk, state=ApprovalState.APPROVED, decided_by=actor.pk, seen_hash=seen)
        try:
            if not mine.exists():
                approve(model, int(pk), seen=seen, actor=actor, on=on, now=now, note=note)
            approved += 1
        except Refusal as refusal:
            left.append([int(pk), rows.values_list("number", flat=True).get(pk=pk), refusal.sentence])
        except model.DoesNotExist:
            left.append([int(pk), "", "申请已不在您的审批范围内"])
        if progress:
            progress(done, len(ready))
    return {"approved": approved, "left": left}
