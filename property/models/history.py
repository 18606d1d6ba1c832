"""Who changed what, when, by which request: old rows kept by database triggers, so that raw SQL is caught as well."""

from __future__ import annotations

from typing import Any

import pghistory
import pghistory.models
from django.db import models

from heating.kit.scope import Handles, ScopedQuerySet


class HistoryQuerySet(ScopedQuerySet):
    handles = Handles(office=("office_id",))


class Remembered(pghistory.models.Event):
    """A row as it was before one change or its deletion. Adding leaves none, so that an import pays nothing.

    `pgh_context` says who and why ({"actor", "name", "request"}), when the writer signed (heating.audit.history).
    """

    pgh_id = models.BigAutoField(primary_key=True)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pgh_created_at:%Y-%m-%d %H:%M} {self.pgh_label}"


def remember(*exclude: str, indexes: tuple[models.Index, ...] = ()) -> Any:
    """Return the class decorator that keeps the old row of each change; changes of `exclude` alone are nothing."""
    return pghistory.track(
        pghistory.UpdateEvent("change", row=pghistory.Old, condition=pghistory.AnyChange(exclude=list(exclude))),
        pghistory.DeleteEvent("delete"),
        exclude=list(exclude),
        obj_field=pghistory.ObjForeignKey(related_name="history", related_query_name="history"),
        context_field=pghistory.ContextJSONField(),
        append_only=True,
        base_model=Remembered,
        meta={"default_permissions": (), "indexes": list(indexes)},
    )
