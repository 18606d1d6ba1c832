"""缴费账号 that rooms have given up: never reused (domain.md §5.8), because banks and payers still hold the number."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.apps import apps

from property.models import Room


def given_up(company_id: int, accounts: Collection[str], *, room: Room | None = None) -> set[str]:
    """Return those of the accounts that stood on a room before; what `room` itself had is free for it.

    A room that is taken back with its untouched import frees its account: nobody has seen it.
    """
    remembered: Any = apps.get_model("property", "RoomRemembered")
    old = remembered.objects.filter(pgh_label="change", company_id=company_id, account_no__in=list(accounts))
    if room is not None:
        old = old.exclude(pgh_obj_id=room.pk)
    return set(old.order_by().values_list("account_no", flat=True))
