"""Lists of the back office that stay quick on millions of rows and tell nothing through filters or sorting."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator

# Counting and leafing end here; a search or a filter leads further.
COUNTED = 10_000
CHOICES = 200


class CappedPaginator(Paginator):
    """Counts no further than `COUNTED` rows, so a page never reads a whole table to know how many there are."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[:COUNTED].count()


class ScopedChangeList(ChangeList):
    """Sorts by the columns of `sortable_by` only, also when the address asks for another one."""

    def get_ordering_field(self, field_name: Any) -> Any:
        if self.sortable_by is not None and field_name not in self.sortable_by:
            return None
        return super().get_ordering_field(field_name)


class ScopedRelatedFilter(RelatedFieldListFilter):
    """A filter by a related row whose choices are those that the person may see; none when there are too many."""

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> Any:
        rows = model_admin.related_rows(field, request)[: CHOICES + 1]
        found = [(row.pk, str(row)) for row in rows]
        return found if len(found) <= CHOICES else []
