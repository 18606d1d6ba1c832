"""List pages: search, sort, page, totals, bulk actions, export — all from one queryset and one table."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django_filters import FilterSet

from heating.kit.pages.base import Page, StaffRequest, clean_query
from heating.kit.pages.download import download, text_of
from heating.kit.sheets import chunks
from heating.kit.tables import Table

SIZES = (20, 50, 100)
# So many rows are counted, summed up and paged through; who has more says more conditions, or exports.
MOST = 10_000


class ListPage(Page):
    """A list: `queryset` (scoped by `visible_to`), `filterset` (django-filter), `table`.

    `filterset.primary` names the manual's conditions; the others stand under 更多条件. `create` is (label, url name,
    permission); `tools` are further buttons of that form; `bulk` are (label, url name, permission) posted with the
    ticked ids as `ids`. `export_permission` defaults to the page's own permission.
    """

    template = "kit/list.html"
    queryset: ClassVar[Any] = None
    filterset: ClassVar[type[FilterSet] | None] = None
    table: ClassVar[type[Table]]
    create: ClassVar[tuple[str, str, str] | None] = None
    tools: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    bulk: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    export: ClassVar[bool] = True
    empty: ClassVar[str] = "没有符合条件的数据"
    default_order: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self) -> Any:
        """Return the rows in scope; override to narrow or annotate."""
        return self.queryset.all().visible_to(self.request.user, self.permission)

    def get(self, request: StaffRequest, **kwargs: Any) -> HttpResponseBase:
        filters = self.filtered()
        rows = self.ordered(filters.qs if filters is not None else self.get_queryset())
        table = self.get_table()
        if self.export and request.GET.get("export") == "xlsx":
            chosen = [f"{label}：{value}" for label, value, _ in self.chips(filters)]
            totals = table.totals(rows) or None
            return download(
                request.user, title=self.get_title(), conditions=chosen, table=table, rows=chunks(rows), totals=totals
            )
        return self.show(**self.list_context(table, rows, filters))

    def get_table(self) -> Table:
        """Return the table as this person wants to see it."""
        table = self.table(self.request.user)
        table.back = (
            f"{self.request.path}?{query}" if (query := self.query(export=None, choose=None)) else self.request.path
        )
        table.chosen = self.request.user.preference(f"columns:{self.list_key}")
        return table

    @property
    def list_key(self) -> str:
        """The name under which a person's choice of columns is kept."""
        match = self.request.resolver_match
        return match.view_name if match else ""

    def filtered(self) -> FilterSet | None:
        """Bind the search bar to the query string; an invalid condition matches nothing and shows its error."""
        if self.filterset is None:
            return None
        data = clean_query(self.request)
        filters = self.filterset(data, queryset=self.get_queryset(), request=self.request)
        filters.form.use_required_attribute = False
        return filters

    def ordered(self, rows: Any) -> Any:
        """Sort by the column named in the query string, falling back to the page's or model's order."""
        wanted = self.request.GET.get("sort", "")
        for column in self.table.columns:
            if column.order_by and wanted.lstrip("-") == column.name:
                sign = "-" if wanted.startswith("-") else ""
                return rows.order_by(sign + column.order_by, "pk")
        if self.default_order:
            return rows.order_by(*self.default_order)
        # Django drops the model's order from a statement that counts by groups; its pages would lose rows.
        return rows if rows.ordered else rows.order_by(*(rows.model._meta.ordering or ["pk"]))

    def list_context(self, table: Table, rows: Any, filters: FilterSet | None) -> dict[str, Any]:
        """Return everything the list template shows."""
        size, number = self.paging()
        # One row more than shown says whether there is a next page.
        shown = self.slice(rows, (number - 1) * size, size + 1)
        more, shown = len(shown) > size, shown[:size]
        whole = "totals" in self.request.GET
        if more or number > 1:
            count, totals = table.counted(rows, None if whole else MOST)
        else:
            count, totals = len(shown), table.totals(rows)
        return {
            "table": table,
            "columns": [(column, self.sort_link(column)) for column in table.shown],
            "chooser": [(c, c in table.shown) for c in table.columns[1:]] if "choose" in self.request.GET else None,
            "list_key": self.list_key,
            "rows": table.rows(shown, self.permission),
            "totals": table.total_cells(totals) if totals and shown else None,
            "filters": filters,
            "primary": self.fields(filters, primary=True),
            "secondary": self.fields(filters, primary=False),
            "chips": self.chips(filters),
            "count": count if whole else min(count, MOST),
            "count_known": whole or count <= MOST,
            "totals_url": f"?{self.query(totals='1', export=None)}" if count > MOST and not whole else "",
            "number": number,
            "pages": max(1, -(-min(count, MOST) // size)),
            "size": size,
            "sizes": SIZES,
            "base_query": self.query(page=None, export=None, totals=None, choose=None),
            "create_link": self.button(self.create) if self.create else None,
            "tool_links": [link for tool in self.tools if (link := self.button(tool))],
            "bulk_links": [link for tool in self.bulk if (link := self.button(tool))],
            "can_export": self.export,
            "empty": self.empty,
            **self.extra(),
        }

    def slice(self, rows: Any, first: int, length: int) -> list[Any]:
        """Return the rows of a page: its ids are found and sorted alone, and nothing is worked out for the others."""
        ids = rows.values("pk")[first : first + length]
        return list(self.ordered(self.get_queryset()).filter(pk__in=ids))

    def extra(self) -> dict[str, Any]:
        """Return further context for a list with a template of its own."""
        return {}

    def paging(self) -> tuple[int, int]:
        """Return page size and number from the query string; absurd values fall back to sane ones."""

        def number(name: str, fallback: int, high: int) -> int:
            text = self.request.GET.get(name, "")
            return min(max(int(text), 1), high) if text.isascii() and text.isdigit() and len(text) < 9 else fallback

        size = number("size", SIZES[0], SIZES[-1])
        size = size if size in SIZES else SIZES[0]
        return size, number("page", 1, MOST // size)

    def query(self, **changes: str | None) -> str:
        """Return the query string with some keys replaced (None = dropped)."""
        kept = {key: str(value) for key, value in self.request.GET.items() if value and key not in changes}
        return urlencode(kept | {key: value for key, value in changes.items() if value is not None})

    def sort_link(self, column: Any) -> tuple[str, str] | None:
        """Return (query string, direction now) of a sortable column's head."""
        if not column.order_by:
            return None
        now = self.request.GET.get("sort", "")
        direction = {column.name: "asc", f"-{column.name}": "desc"}.get(now, "")
        return self.query(sort=f"-{column.name}" if direction == "asc" else column.name, page=None), direction

    def fields(self, filters: FilterSet | None, *, primary: bool) -> list[Any]:
        """Return the bound fields of one half of the search bar."""
        if filters is None:
            return []
        first = getattr(filters, "primary", tuple(filters.form.fields))
        return [filters.form[name] for name in filters.form.fields if (name in first) == primary]

    def chips(self, filters: FilterSet | None) -> list[tuple[str, str, str]]:
        """Return (label, value, query string without it) of every applied condition."""
        if filters is None or not filters.form.is_valid():
            return []
        found = []
        for name, field in filters.form.fields.items():
            if value := filters.form.cleaned_data.get(name):
                found.append((str(field.label), text_of(field, value), self.query(**{name: None, "page": None})))
        return found

    def button(self, tool: tuple[str, str, str]) -> tuple[str, str] | None:
        """Return (label, address) when the user holds the button's permission."""
        label, url, permission = tool
        return (label, reverse(url)) if self.request.user.has_perm(permission) else None
