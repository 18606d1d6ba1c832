"""What waits for a person: lines of the inbox, each counted in the scope of the permission that settles it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from heating.approvals.models import Approval
from heating.approvals.states import ApprovalState
from heating.kit.actor import Actor


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits; an upper floor knows the page of each code."""

    code: str
    label: str
    permission: str
    rows: Callable[[Actor], Any]


WAITING: dict[str, Waiting] = {}


def announce(code: str, label: str, model: type[Approval]) -> None:
    """Let the undecided rows of a model stand in the inbox of whoever may decide them."""

    def rows(user: Actor) -> Any:
        found: Any = model._default_manager
        return found.visible_to(user, model.approve_permission).filter(state=ApprovalState.PENDING)

    WAITING[code] = Waiting(code, label, model.approve_permission, rows)
