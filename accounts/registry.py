"""What apps further right make known to accounts when they are ready (in their `apps.py`)."""

from typing import Any

# The kinds of places of a 辖区, and their models: "community", "building".
PLACE_MODELS: dict[str, Any] = {}
