"""Where an import goes to and in whose name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from heating.kit.intake.result import Result
from heating.kit.intake.template import Template


@dataclass(frozen=True)
class Destination:
    """The company that the rows belong to, the office of new communities, the person (None: the system), the day."""

    company_id: int
    office_id: int
    actor: Any
    on: date


@dataclass(frozen=True)
class Importer:
    """One kind of import: how a file of it is checked (writes nothing), loaded, and taken back.

    `load(result, destination, batch)` writes the good rows in the caller's transaction and returns its counts;
    `undo(batch, destination)` takes a batch back, or refuses. `stands(batch)` says whether all it made is still there.
    """

    kind: str
    title: str
    permission: str
    template: Callable[[Destination], Template]
    check: Callable[[Path, Destination], Result]
    load: Callable[[Result, Destination, Any], dict[str, Any]]
    undo: Callable[[Any, Destination], dict[str, Any]]
    stands: Callable[[Any], bool]
