"""The person in whose name something is done, as far as the apps to the left of `accounts` know them."""

from __future__ import annotations

from typing import Any, Protocol

from heating.kit.scope import Scope


class Actor(Protocol):
    """A signed-in person: their id, their permissions, and where each permission reaches."""

    @property
    def pk(self) -> Any: ...

    @property
    def display_name(self) -> str: ...

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        """Say whether a role in use holds the permission ("app.codename")."""
        ...

    def scope(self, permission: str) -> Scope:
        """Return where the roles that hold the permission reach."""
        ...
