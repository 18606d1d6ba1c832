"""Writing the audit trail."""

from typing import Any

from django.db.models import Model

from heating.audit.models import Record
from heating.kit.privacy import scrub


def record(
    actor: Any,
    event: str,
    target: Model | None = None,
    *,
    before: Any = None,
    after: Any = None,
    note: str = "",
    office_id: int | None = None,
    address: str = "",
) -> Record:
    """Add one audit row in the caller's transaction.

    `event` is "thing.deed" such as "contract.approve"; `before` and `after` are what changed (JSON-able).
    Phones and ID numbers are masked in every part. The address is where the actor's request came from unless given.
    The office is the target's own unless given; a deed without an office is visible to 全部数据 and to its actor only.
    """
    if office_id is None and target is not None:
        office_id = getattr(target, "office_id", None)
    return Record.objects.create(
        actor=actor,
        actor_name=actor.display_name if actor else "系统",
        event=event,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=target.pk if target is not None else None,
        target_text=scrub(str(target))[:200] if target is not None else "",
        before=scrub(before),
        after=scrub(after),
        note=scrub(note)[:500],
        office_id=office_id,
        address=address or getattr(actor, "came_from", ""),
    )


def record_export(actor: Any, title: str, conditions: str, rows: int) -> Record:
    """Add the audit row of a list or statement that left as a workbook; it stands at the actor's own office."""
    after = {"conditions": conditions, "rows": rows}
    return record(actor, "list.export", after=after, note=title, office_id=actor.office_id)
