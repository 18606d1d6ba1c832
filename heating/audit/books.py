"""The tables whose rows are sealed; each app registers its own from its `apps.py`."""

from __future__ import annotations

from dataclasses import dataclass

# One writing of dates and times, whatever the session says: the text of a row is what is signed.
SETTINGS = "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL jit = off"


@dataclass(frozen=True)
class SealedTable:
    """Columns of `table` (as `t`) that no one changes once they are written.

    `company` is the SQL of the company whose chain the row joins; `join` brings the tables that it, or a column, needs
    and must keep every row. `name` stands in the seals: other columns need another name, such as "billing.order.2", and
    the old entry stays (with `closed`) so that old seals can still be checked.
    `moved` is the SQL, over `t`, of rows that have changed since by an event with a record of its own; other rules
    look after those. `removed` is the event whose record names rows that were deleted lawfully, as {"ids": [[1, 9]]}.
    """

    name: str
    label: str
    table: str
    columns: tuple[str, ...]
    company: str = "t.company_id"
    join: str = ""
    moved: str = ""
    removed: str = ""
    closed: bool = False

    @property
    def source(self) -> str:
        return f"FROM {self.table} AS t {self.join}"

    @property
    def content(self) -> str:
        """The SQL of the text that is signed: unambiguous, with nothing apart from empty."""
        return f"ROW({', '.join(self.columns)})::text"


SEALED: dict[str, SealedTable] = {}


def register_sealed(*tables: SealedTable) -> None:
    """Have the rows of these tables sealed from now on."""
    for table in tables:
        if table.name in SEALED:
            raise ValueError(f"sealed table {table.name!r} is declared twice")
        SEALED[table.name] = table
