"""Tables declared as classes: one set of columns for screen, print and spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from unicodedata import east_asian_width

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from heating.kit.privacy import masked_for
from heating.kit.scope import unreached

WIDE = 28  # half-width characters from which a column counts as wide


def with_back(address: str, back: str) -> str:
    """Return a page's address that leads back to `back` (a path of this site) when its work is done."""
    return f"{address}?{urlencode({'back': back})}" if back else address


class Column:
    """One column: its label, where the value is found ("room.owner.name"), and how it is sorted and linked.

    `accessor` defaults to the attribute's name; choice fields show their label. `sort` is an order-by lookup,
    by default the accessor; False switches sorting off. `link` is a URL name that takes the row's pk. `width` counts
    half-width characters; longer text is cut on screen. A `folded` column is on screen only for who chose it, and in
    every spreadsheet. On a phone a row shows its `key` columns alone.
    """

    align = "left"
    numeric = False

    def __init__(
        self,
        label: str,
        accessor: str | Callable[[Any], Any] | None = None,
        *,
        link: str = "",
        sort: str | bool = True,
        total: bool = False,
        width: int = 14,
        folded: bool = False,
        key: bool = False,
    ) -> None:
        self.label, self.accessor, self.link, self.sort = label, accessor, link, sort
        self.total, self.width, self.folded, self.key = total, width, folded, key
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        if self.accessor is None:
            self.accessor = name

    @property
    def order_by(self) -> str:
        """The order-by lookup, or "" when the column cannot be sorted."""
        if self.sort is True:
            return self.accessor.replace(".", "__") if isinstance(self.accessor, str) else ""
        return self.sort or ""

    def value(self, row: Any) -> Any:
        """Return the raw value of the row; None when a link of the chain is missing."""
        if callable(self.accessor):
            return self.accessor(row)
        *path, last = str(self.accessor).split(".")
        for part in path:
            try:
                row = getattr(row, part)
            except ObjectDoesNotExist:
                return None
            if row is None:
                return None
        display = getattr(row, f"get_{last}_display", None)
        try:
            found = display() if display else getattr(row, last)
        except ObjectDoesNotExist:
            return None
        return found() if callable(found) else found

    def text(self, value: Any, user: Any) -> str:
        """Return what the screen shows."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, datetime):
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        return str(value)

    def export(self, value: Any, user: Any) -> Any:
        """Return what the spreadsheet holds: text, unless the column is numeric."""
        return self.text(value, user)


class NumberColumn(Column):
    """Whole numbers, right-aligned."""

    align = "right"
    numeric = True

    def text(self, value: Any, user: Any) -> str:
        return "" if value is None else f"{value:,}"

    def export(self, value: Any, user: Any) -> Any:
        return value


class MoneyColumn(NumberColumn):
    """Amounts in 元 with two decimals."""

    def text(self, value: Any, user: Any) -> str:
        return "" if value is None else f"{value:,.2f}"


class AreaColumn(MoneyColumn):
    """Areas in ㎡ with two decimals."""


class PercentColumn(NumberColumn):
    """A share between 0 and 1, shown in percent."""

    def text(self, value: Any, user: Any) -> str:
        return "" if value is None else f"{value * 100:.2f}%"

    def export(self, value: Any, user: Any) -> Any:
        return self.text(value, user)


class DateColumn(Column):
    """Days."""

    def text(self, value: Any, user: Any) -> str:
        if isinstance(value, datetime):
            value = timezone.localtime(value).date()
        return f"{value:%Y-%m-%d}" if isinstance(value, date) else ""


class BadgeColumn(Column):
    """A state: coloured, but always with its word. `colours` maps raw values to Tabler colour names."""

    def __init__(self, label: str, accessor: str | None = None, *, colours: dict[str, str], **options: Any) -> None:
        super().__init__(label, accessor, **options)
        self.colours = colours

    def colour(self, row: Any) -> str:
        """Return the colour of the row's state."""
        raw = row
        for part in str(self.accessor).split("."):
            raw = getattr(raw, part)
        return self.colours.get(str(raw), "secondary")


class MaskedColumn(Column):
    """A phone or ID number: masked on screen and in files unless the user may see sensitive data."""

    def text(self, value: Any, user: Any) -> str:
        return masked_for(user, value)


@dataclass(frozen=True)
class RowAction:
    """One entry of a row's menu; shown when `permission` reaches the row and `when(row)` is true."""

    label: str
    url: str
    permission: str
    when: Callable[[Any], bool] = lambda row: True
    post: bool = False


def half_widths(text: str) -> int:
    """Return how many half-width characters a text is wide: 张三 is 4."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


@dataclass(frozen=True)
class Cell:
    """One shown cell of `column`; text wider than the column is cut by its style and stands whole in its title."""

    text: str
    column: Column
    href: str = ""
    colour: str = ""

    @property
    def align(self) -> str:
        return self.column.align

    @property
    def label(self) -> str:
        return self.column.label

    @property
    def short(self) -> bool:
        return not self.column.numeric and half_widths(self.text) > self.column.width

    @property
    def css(self) -> str:
        """The classes of the cell."""
        return " ".join(
            word
            for word, wanted in (
                ("text-end num", self.column.align == "right"),
                ("short", self.short),
                ("wide", self.column.width >= WIDE),
                ("key", self.column.key),
                (f"c-{self.column.name}", True),
            )
            if wanted
        )


@dataclass(frozen=True)
class Row:
    """One shown row with its cells and its menu; `name` is what the row is called by its first cell."""

    pk: Any
    cells: list[Cell]
    actions: list[tuple[str, str, bool]]
    css: str = ""

    @property
    def name(self) -> str:
        return self.cells[0].text if self.cells else ""


class Table:
    """Subclass with columns as class attributes; `actions` is the row menu, `menu` its button's word."""

    actions: ClassVar[tuple[RowAction, ...]] = ()
    menu: ClassVar[str] = "操作"
    columns: ClassVar[tuple[Column, ...]] = ()

    def __init_subclass__(cls) -> None:
        inherited = {c.name: c for c in cls.columns}
        own = {name: c for name, c in vars(cls).items() if isinstance(c, Column)}
        cls.columns = tuple((inherited | own).values())

    def __init__(self, user: Any) -> None:
        self.user = user
        self.allowed = [a for a in self.actions if user.has_perm(a.permission)]
        self.beyond: dict[str, set[Any]] = {}
        # The names of the columns that the person chose for this list; None = those that are not folded.
        self.chosen: set[str] | None = None
        # The path of the page that shows the table, so that an action of a row comes back to it.
        self.back = ""

    @property
    def has_keys(self) -> bool:
        """Say whether some columns are the ones that decide; else the first ones stand for them."""
        return any(column.key for column in self.columns)

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns on screen; the first one always is."""
        first, *rest = self.columns
        wanted = [c for c in rest if (not c.folded if self.chosen is None else c.name in self.chosen)]
        return (first, *wanted)

    @staticmethod
    def row_class(row: Any) -> str:
        """Return a CSS class for the row; override to mark rows."""
        return ""

    def rows(self, page: Any, shown_by: str = "") -> list[Row]:
        """Return the shown rows, which the permission `shown_by` reaches; that of an action may reach fewer of them."""
        page = list(page)
        self.beyond = unreached(self.user, {a.permission for a in self.allowed}, page, shown_by) if shown_by else {}
        return [self.row(row) for row in page]

    def row(self, row: Any) -> Row:
        pk = getattr(row, "pk", None)
        cells = [self.cell(column, row, pk) for column in self.shown]
        mine = [a for a in self.allowed if pk not in self.beyond.get(a.permission, ())]
        back = f"{self.back}#row-{pk}" if self.back else ""
        menu = [(a.label, with_back(reverse(a.url, args=[pk]), back), a.post) for a in mine if a.when(row)]
        return Row(pk, cells, menu, self.row_class(row))

    def cell(self, column: Column, row: Any, pk: Any) -> Cell:
        text = column.text(column.value(row), self.user)
        href = reverse(column.link, args=[pk]) if column.link and text else ""
        colour = column.colour(row) if isinstance(column, BadgeColumn) and text else ""
        return Cell(text, column, href, colour)

    def totals(self, queryset: Any) -> dict[str, Decimal]:
        """Sum the total columns over the whole queryset by one statement."""
        wanted = {name: Sum(path) for name, path in self.summed().items()}
        return queryset.order_by().aggregate(**wanted) if wanted else {}

    def counted(self, queryset: Any, most: int | None) -> tuple[int, dict[str, Decimal]]:
        """Count the rows and sum the total columns in one walk; beyond `most` rows return `most` + 1 and no totals.

        Without `most` all rows are walked.

        A table with `totals` of its own, which no column holds, is summed by them in a second walk.
        """
        if type(self).totals is not Table.totals:
            count = queryset.order_by().values("pk")[: most and most + 1].count()
            return count, self.totals(queryset) if most is None or count <= most else {}
        summed = self.summed()
        rows = queryset.order_by().values("pk", *summed.values())[: most and most + 1]
        found = rows.aggregate(_rows=Count("pk"), **{name: Sum(path) for name, path in summed.items()})
        count = found.pop("_rows")
        return count, found if most is None or count <= most else {}

    def summed(self) -> dict[str, str]:
        """Return the paths of the total columns by their names."""
        return {c.name: str(c.accessor).replace(".", "__") for c in self.columns if c.total}

    def total_cells(self, totals: dict[str, Decimal]) -> list[Cell]:
        """Return the totals row."""

        def text(column: Column) -> str:
            nothing = Decimal("0.00") if isinstance(column, MoneyColumn) else 0
            return column.text(totals.get(column.name) or nothing, self.user) if column.total else ""

        return [Cell(text(column), column) for column in self.shown]
