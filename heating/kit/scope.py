"""Data scope: which rows a person may see or touch."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import RawSQL

# So many ids are still written out one by one, which the planner likes best.
FEW = 200


@dataclass(frozen=True)
class Scope:
    """The sum of the scopes of the roles that hold one permission. Empty by default: no role, no rows."""

    everything: bool = False
    offices: frozenset[int] = frozenset()
    communities: frozenset[int] = frozenset()
    buildings: frozenset[int] = frozenset()
    own: bool = False
    user_id: int | None = None

    def __or__(self, other: Scope) -> Scope:
        return Scope(
            everything=self.everything or other.everything,
            offices=self.offices | other.offices,
            communities=self.communities | other.communities,
            buildings=self.buildings | other.buildings,
            own=self.own or other.own,
            user_id=self.user_id or other.user_id,
        )


NOTHING = Scope()


@dataclass(frozen=True)
class Handles:
    """Lookups from a row to its office(s), its place and its author(s); empty = the row has none of that kind."""

    office: tuple[str, ...] = ()
    community: tuple[str, ...] = ()
    building: tuple[str, ...] = ()
    author: tuple[str, ...] = ()


class ScopedQuerySet(QuerySet):
    """A queryset whose rows belong to an office, a place or an author; each model names its handles."""

    handles = Handles()
    # Permissions that reach less than others of the same scope, where a model has such.
    narrower: frozenset[str] = frozenset()

    def visible_to(self, user: Any, permission: str) -> Self:
        """Return the rows that `user` may reach with `permission` ("app.codename"); none without such a role."""
        scope = user.scope(permission)
        if scope.everything:
            return self.all()
        condition = scope_condition(scope, self.handles)
        return self.filter(condition) if condition else self.none()

    def locked(self, pk: Any) -> Any:
        """Return the row `pk` locked until the end of the transaction; `DoesNotExist` outside the queryset."""
        model = self.model
        # A row lock takes no DISTINCT or outer joins: the scope is asked as a sub-query.
        return model._base_manager.select_for_update().get(pk=pk, pk__in=self.order_by().values("pk"))


def scope_condition(scope: Scope, handles: Handles) -> Q | None:
    """Return the filter for `scope` through `handles`, or None when nothing can be visible."""
    wanted = [
        (handles.office, scope.offices),
        (handles.community, scope.communities),
        (handles.building, scope.buildings),
        (handles.author, {scope.user_id} if scope.own and scope.user_id is not None else set()),
    ]
    condition = Q()
    for lookups, ids in wanted:
        if ids:
            for lookup in lookups:
                condition |= Q(**{f"{lookup}__in": among(ids)})
    return condition or None


def among(ids: Collection[int]) -> Any:
    """Return the right side of `IN`: a list, or one array for a tree of thousands, which Django writes much faster."""
    return ids if len(ids) <= FEW else RawSQL("SELECT unnest(%s)", [list(ids)])


def sees(user: Any, permission: str, row: Model) -> bool:
    """Say whether `user` may reach this one stored row with `permission`."""
    rows: Any = type(row)._default_manager
    return rows.visible_to(user, permission).filter(pk=row.pk).exists()


def unreached(user: Any, permissions: Collection[str], rows: list[Any], shown_by: str) -> dict[str, set[Any]]:
    """Return, per permission, the ids of the rows shown by another one that it does not reach; a statement per reach.

    Rows that belong to nobody, such as words of a dictionary, are reached by every permission.
    """
    everything = type(rows[0])._default_manager.all() if rows else None
    if not isinstance(everything, ScopedQuerySet):
        return {permission: set() for permission in permissions}
    ids = {row.pk for row in rows}

    def reach(permission: str) -> tuple[Scope, bool]:
        return user.scope(permission), permission in everything.narrower

    found: dict[tuple[Scope, bool], set[Any]] = {reach(shown_by): set()}
    for permission in permissions:
        if reach(permission) not in found:
            reached = everything.visible_to(user, permission).filter(pk__in=ids)
            found[reach(permission)] = ids - set(reached.order_by().values_list("pk", flat=True))
    return {permission: found[reach(permission)] for permission in permissions}
