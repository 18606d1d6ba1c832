"""Searching that an index answers: words inside short names, and the ends of phones.

pg_trgm finds nothing for two-character Chinese names, so names are indexed by their one- and two-character pieces.
"""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Lookup


class Escaped(Lookup):
    """A text lookup whose value may hold %, _ and \\."""

    def wanted(self) -> str:
        return str(self.rhs).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@CharField.register_lookup
class Holds(Escaped):
    """`name__holds="王五"`: contains the words, in any case, by the index on property_pieces(name)."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, values = self.process_lhs(compiler, connection)
        word = str(self.rhs).lower()
        # Two-character pieces say more than single ones; one character alone is its own piece.
        pieces = sorted({word[i : i + 2] for i in range(len(word) - 1)}) or [word]
        held = f"property_pieces({column}) @> %s::text[]"
        if len(word) <= 2:
            # The piece is the word; a second condition would only mislead the planner's guess.
            return held, [*values, pieces]
        return f"({held} AND lower({column}) LIKE %s)", [*values, pieces, *values, f"%{self.wanted().lower()}%"]


@CharField.register_lookup
class Begins(Lookup):
    """`name__begins="王"`: the first character is this one, by the index on it, which can stop at the first few."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, values = self.process_lhs(compiler, connection)
        return f"left(lower({column}), 1) = %s", [*values, str(self.rhs)[:1].lower()]


@CharField.register_lookup
class Tail(Escaped):
    """`phone__tail="5678"`: ends with the digits, by the index on reverse(phone)."""

    lookup_name = "tail"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, values = self.process_lhs(compiler, connection)
        digits = str(self.rhs)[::-1].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"reverse({column}::text) LIKE %s", [*values, f"{digits}%"]
