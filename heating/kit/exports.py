"""Who is told of an export: each recorder is registered from an `apps.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Called with the person, the title of what was exported, the conditions as text and the number of rows.
EXPORT_RECORDERS: list[Callable[[Any, str, str, int], object]] = []
