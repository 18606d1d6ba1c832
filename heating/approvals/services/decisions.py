"""Looking at, approving, rejecting and withdrawing; what a kind of thing under approval brings for it.

The old values stay in force until approval. The effect is found by applying in a savepoint that is rolled back, so what
the approver sees is what approval does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.db import transaction

from heating.approvals.models import Approval
from heating.approvals.rules import Effect, Figures, differences, hash_of
from heating.approvals.states import ApprovalState
from heating.audit.services import record
from heating.kit.actor import Actor
from heating.kit.errors import Refusal

Row = TypeVar("Row", bound=Approval)


class ApprovalKind(Generic[Row]):
    """One kind of thing under approval. Override `apply`, and of the others what the kind needs.

    A kind stands in the rightmost app that it writes, in `<app>/approvals/`, and is listed in that package.
    """

    code: ClassVar[str] = ""
    label: ClassVar[str] = ""
    model: ClassVar[type[Approval]]

    def not_yet(self, row: Row, on: date) -> str:
        """Return why it must wait on day `on`, or nothing."""
        return ""

    def lock(self, row: Row, *, deciding: bool = False) -> None:
        """Lock what `apply` writes, in the order of the other writers; `deciding` is False for a dry run."""

    def figures(self, row: Row) -> Figures:
        """Return the figures that `apply` may change, as text."""
        return {}

    def seen(self, row: Row) -> list[Any]:
        """Return what the approver sees beside the money effect (JSON-able)."""
        return []

    def apply(self, row: Row, *, on: date, actor: Any) -> None:
        """Let it take effect in the caller's transaction; `Refusal` when it cannot as things are."""
        raise NotImplementedError(type(self).__name__)

    def apply_together(self, rows: list[Row], *, on: date, actor: Any) -> None:
        """Let rows take effect that are approved already, all or none; override where sets are cheaper."""
        for row in rows:
            self.apply(row, on=on, actor=actor)


KINDS: dict[str, ApprovalKind[Any]] = {}


def register(*kinds: type[ApprovalKind[Any]]) -> None:
    """Make kinds known to services, pages and jobs; called by `<app>/approvals/__init__.py`."""
    for kind in kinds:
        if kind.code in KINDS:
            raise ValueError(f"approval kind {kind.code!r} is declared twice")
        KINDS[kind.code] = kind()


def kind_of(row: Approval) -> ApprovalKind[Any]:
    """Return the kind that checks and applies a row; `Refusal` for a kind that this version does not know."""
    if row.approval_code not in KINDS:
        raise Refusal("该申请的类型不能识别，请驳回后重新申请")
    return KINDS[row.approval_code]


def model_named(label: str) -> type[Approval]:
    """Return the model under approval that a job names ("app.model")."""
    return next(kind.model for kind in KINDS.values() if kind.model._meta.label_lower == label)


class _Undo(Exception):
    """Ends the savepoint of a dry run."""


def dry_run(row: Approval, *, on: date, actor: Actor) -> Effect:
    """Return the money effect of applying the row; nothing stays written. `Refusal` when it cannot be applied."""
    kind = kind_of(row)
    effect: Effect = []
    try:
        with transaction.atomic():
            kind.lock(row)
            before = kind.figures(row)
            kind.apply(row, on=on, actor=actor)
            effect = differences(before, kind.figures(row))
            raise _Undo
    except _Undo:
        return effect


def look(row: Approval, *, on: date, actor: Actor) -> tuple[Effect, str]:
    """Return what approval would do, or did, and the hash of what is seen. `Refusal` when it cannot be approved."""
    waits = row.state == ApprovalState.PENDING
    effect = dry_run(row, on=on, actor=actor) if waits else row.effect or []
    return effect, hash_of(kind_of(row).seen(row), effect)


def refuse_involved(row: Approval, actor: Actor) -> None:
    """Refuse whoever submitted or edited the row, or added to it."""
    if row.involves(actor):
        raise Refusal(row.not_by_oneself)


def decidable(model: type[Row], pk: int, step: str, *, actor: Actor) -> Row:
    """Return the row locked, if the actor may take this step with it."""
    rows: Any = model._default_manager
    row: Row = rows.visible_to(actor, model.approve_permission).locked(pk)
    refuse_involved(row, actor)
    row.flow.next(step, row.state)
    return row


@transaction.atomic
def approve(model: type[Row], pk: int, *, seen: str, actor: Actor, on: date, now: datetime, note: str = "") -> Row:
    """Let the row take effect; `Refusal` for whoever had a hand in it, or when it is no longer what was seen."""
    row = decidable(model, pk, "approve", actor=actor)
    kind = kind_of(row)
    if wait := kind.not_yet(row, on):
        raise Refusal(wait)
    kind.lock(row, deciding=True)
    effect = dry_run(row, on=on, actor=actor)
    if hash_of(kind.seen(row), effect) != seen:
        raise Refusal("内容或金额影响已变化，请重新查看后再审批")
    kind.apply(row, on=on, actor=actor)
    row.effect, row.seen_hash = effect, seen
    return decide(row, "approve", "effect", "seen_hash", actor=actor, now=now, note=note)


@transaction.atomic
def approve_together(
    model: type[Row], pks: Iterable[int], *, actor: Actor, on: date, now: datetime, note: str = ""
) -> list[Row]:
    """Let rows of one kind take effect, all or none, without a look at each effect; `Refusal` as for one."""
    rows = [decidable(model, pk, "approve", actor=actor) for pk in sorted(set(pks))]
    for row in rows:
        if wait := kind_of(row).not_yet(row, on):
            raise Refusal(wait)
        decide(row, "approve", actor=actor, now=now, note=note)
    if rows:
        kind_of(rows[0]).apply_together(rows, on=on, actor=actor)
    return rows


@transaction.atomic
def reject(model: type[Row], pk: int, *, reason: str, actor: Actor, now: datetime) -> Row:
    """驳回 with a reason; the old values stay."""
    return decide(decidable(model, pk, "reject", actor=actor), "reject", actor=actor, now=now, note=reason)


def decide(row: Row, step: str, *columns: str, actor: Actor, now: datetime, note: str) -> Row:
    """Write a decision on a locked row and its audit line."""
    before, row.state = row.state, row.flow.next(step, row.state)
    row.decided_by_id, row.decided_at, row.decision_note = actor.pk, now, note[:300]
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note", *columns])
    record(actor, f"{row.event}.{step}", row, before=before, after=row.state, note=note)
    return row


@transaction.atomic
def withdraw(model: type[Row], pk: int, *, actor: Actor) -> Row:
    """撤回 by the submitter while it waits."""
    rows: Any = model._default_manager
    row: Row = rows.visible_to(actor, model.withdraw_permission).locked(pk)
    if row.submitted_by_id != actor.pk:
        raise Refusal(row.only_by_oneself)
    before, row.state = row.state, row.flow.next("withdraw", row.state)
    row.save(update_fields=["state"])
    record(actor, f"{row.event}.withdraw", row, before=before, after=row.state)
    return row
