"""What apps further right make known to accounts when they are ready (in their `apps.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The kinds of places of a 辖区, and their models: "community", "building".
PLACE_MODELS: dict[str, Any] = {}


@dataclass(frozen=True)
class StandardRole:
    """A job as a role: title, kind, data scope, the permissions with that scope, and others by their data scope."""

    title: str
    kind: str
    scope: str
    own: tuple[str, ...]
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def permissions(self) -> tuple[str, ...]:
        """All permissions of the role, whatever their scope."""
        return (*self.own, *(name for names in self.others.values() for name in names))

    @property
    def scopes(self) -> tuple[str, ...]:
        """The data scopes in use."""
        return (self.scope, *self.others)


# The standard roles of a company by the code of their job ("SA", "CA", …): deployment data of the roof.
STANDARD_ROLES: dict[str, StandardRole] = {}
