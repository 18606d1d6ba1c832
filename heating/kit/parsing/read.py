"""What a normaliser answers when a cell is not simply a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

Value = str | float | date | time


@dataclass(frozen=True)
class Read:
    """The value to store with an error code (then there is none) or a warning code; `second` is a second number."""

    value: str | None = None
    error: str = ""
    warning: str = ""
    second: str | None = None
