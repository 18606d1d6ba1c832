"""批量审批: look at many requests at once, then approve exactly those that are still as they were seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from billing.services.changes import APPROVE, approve_change, effect, not_yet, own
from heating.kit.errors import Refusal
from heating.kit.money import ZERO
from property.models import ChangeRequest
from property.states import ChangeState

# So many are looked at and approved while the person waits; more become a job.
AT_ONCE = 50
Progress = Callable[[int, int], None]


def waiting(actor: User, *, ids: Iterable[int] | None = None, batch: int | None = None) -> list[int]:
    """Return the waiting requests in the actor's scope, of those named or of one import, oldest first."""
    rows = ChangeRequest.objects.visible_to(actor, APPROVE).filter(state=ChangeState.PENDING)
    rows = rows.filter(batch_id=batch) if batch is not None else rows.filter(pk__in=list(ids or ()))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def preview_changes(ids: list[int], *, actor: User, on: date, progress: Progress | None = None) -> dict[str, Any]:
    """Return what approving them would do, as JSON: `ready` (id → hash of what was seen), `refused`, and sums in 元."""
    ready: dict[str, str] = {}
    refused: list[list[Any]] = []
    sums = {"orders": 0, "principal_before": ZERO, "principal_after": ZERO, "due_before": ZERO, "due_after": ZERO}
    for done, pk in enumerate(ids, start=1):
        request = ChangeRequest.objects.visible_to(actor, APPROVE).filter(pk=pk).first()
        if request is None:
            continue
        try:
            rows, seen = _look(request, actor, on)
        except Refusal as refusal:
            refused.append([pk, request.number, refusal.sentence])
        else:
            ready[str(pk)] = seen
            _add(sums, rows)
        if progress:
            progress(done, len(ids))
    return {"ready": ready, "refused": refused, **{name: str(value) for name, value in sums.items()}}


def _look(request: ChangeRequest, actor: User, on: date) -> tuple[list[dict[str, str]], str]:
    if own(request, actor):
        raise Refusal("不能审批自己提交或编辑的申请")
    if request.state != ChangeState.PENDING:
        raise Refusal(f"申请{request.get_state_display()}，不在待审批中")
    if wait := not_yet(request, on):
        raise Refusal(wait)
    return effect(request.pk, on=on, actor=actor)


def _add(sums: dict[str, Any], rows: list[dict[str, str]]) -> None:
    for row in rows:
        sums["orders"] += 1 if row["principal_before"] else 0
        for name in ("principal_before", "principal_after", "due_before", "due_after"):
            sums[name] += Decimal(row[name] or "0")


def approve_many(
    ready: dict[str, str],
    *,
    actor: User,
    on: date,
    now: datetime,
    note: str = "",
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Approve each request whose hash is still the one seen, in a transaction of its own; report the others.

    Starts again anywhere: what this actor has approved with that hash counts as done.
    """
    approved, left = 0, []
    for done, (pk, seen) in enumerate(ready.items(), start=1):
        mine = ChangeRequest.objects.filter(pk=pk, state=ChangeState.APPROVED, decided_by=actor, seen_hash=seen)
        try:
            if not mine.exists():
                approve_change(int(pk), seen=seen, actor=actor, on=on, now=now, note=note)
            approved += 1
        except Refusal as refusal:
            left.append([int(pk), _number(pk), refusal.sentence])
        except ChangeRequest.DoesNotExist:
            left.append([int(pk), "", "申请已不在您的审批范围内"])
        if progress:
            progress(done, len(ready))
    return {"approved": approved, "left": left}


def _number(pk: str) -> str:
    return ChangeRequest.objects.values_list("number", flat=True).get(pk=pk)
