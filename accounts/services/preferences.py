"""What a person chose for the looks of pages; nobody else sees or changes it, so no audit row is written."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User

MOST = 200  # lists and other things that one person may have a choice for


@transaction.atomic
def remember(key: str, value: Any, *, actor: User) -> None:
    """Keep `value` (JSON) as the actor's choice under `key`; None forgets it."""
    row = User.objects.select_for_update().only("preferences").get(pk=actor.pk)
    row.preferences.pop(key, None)
    if value is not None and len(row.preferences) < MOST:
        row.preferences[key] = value
    row.save(update_fields=["preferences"])
