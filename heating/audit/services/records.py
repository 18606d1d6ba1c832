"""Writing the audit trail."""

import re
from typing import Any

from django.db.models import Model

from heating.audit.models import Record
from heating.kit.tables import mask

# Whatever stands under these names is masked; elsewhere, what looks like a mobile, a landline or an ID number.
SECRET = re.compile(r"phone|mobile|id_no|手机|电话|证件号")
NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-\d{7,8}|\d{17}[0-9Xx])(?![0-9A-Za-z])", re.ASCII
)


def discreet(value: Any, name: str = "") -> Any:
    """Return a value without any phone or ID number in clear: the log outlives every right to see them (P5)."""
    if isinstance(value, dict):
        return {key: discreet(part, str(key)) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [discreet(part, name) for part in value]
    if not isinstance(value, str):
        return value
    if SECRET.search(name):
        return value if "****" in value else mask(value)
    return NUMBERS.sub(lambda found: mask(found[0]), value)


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
        target_text=discreet(str(target))[:200] if target is not None else "",
        before=discreet(before),
        after=discreet(after),
        note=discreet(note)[:500],
        office_id=office_id,
        address=address or getattr(actor, "came_from", ""),
    )
