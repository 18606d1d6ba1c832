"""A template variable that does not exist fails the test that shows the page."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any

from django.template.base import FilterExpression, Node

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
# Whoever writes `{{ name|default:"" }}` knows that the name may be missing.
ON_PURPOSE = {"default", "default_if_none"}


class MissingVariable(AssertionError):
    """A page names what it was not given."""


class Missing(str):
    """Stands as `string_if_invalid`: raises in our own templates, and is Django's empty string in others'."""

    def __bool__(self) -> bool:
        """Django asks this first, and shows an empty string if the answer is no."""
        frame: FrameType | None = sys._getframe(1)
        expression = frame.f_locals.get("self") if frame else None
        if not isinstance(expression, FilterExpression):
            return False
        if any(getattr(function, "__name__", "") in ON_PURPOSE for function, _ in expression.filters):
            return False
        return _ours(frame) is not None

    def __contains__(self, part: object) -> bool:
        return part == "%s"

    def __mod__(self, variable: Any) -> str:
        raise MissingVariable(f"{_ours(sys._getframe(1))} names {variable}, which does not exist")


def _ours(frame: FrameType | None) -> str | None:
    """Return the name of the template that is being shown if it is one of ours."""
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and (origin := getattr(node, "origin", None)) is not None:
            path = Path(str(origin.name))
            return str(path.relative_to(TEMPLATES)) if path.is_relative_to(TEMPLATES) else None
        frame = frame.f_back
    return None
