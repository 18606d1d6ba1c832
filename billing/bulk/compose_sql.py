"""Composing a SELECT of layers, each of which may use the columns of those below it."""

from __future__ import annotations


def layer(below: str, *, keep: str = "below.*", **columns: str) -> str:
    """Return a SELECT with the columns of `below` (or those named in `keep`) and new ones by name.

    OFFSET 0 keeps the planner from copying an expression into each place that uses it; every layer also costs the
    copying of its columns, so a step gets a layer of its own only when a later one uses it twice.
    """
    added = ",\n".join(f"{expression} AS {name}" for name, expression in columns.items())
    return f"SELECT {keep},\n{added}\nFROM (\n{below}\n) AS below OFFSET 0"


def share(numerator: str, denominator: str) -> str:
    """Return the exact quotient of two expressions, rounded half up to 0.01."""
    return f"billing_share({numerator}, {denominator})"
