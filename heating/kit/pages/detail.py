"""Detail pages: sections of facts, related tables, and the row of actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse

from heating.kit.pages.base import Page, StaffRequest
from heating.kit.scope import unreached
from heating.kit.tables import Column, Table, with_back

# A developer may own a thousand rooms: a page shows so many related rows, the lists show all.
SHOWN = 100


@dataclass(frozen=True)
class Section:
    """A titled block: `facts` are Columns read from the object; or `table` with `rows` of something related.

    With a `permission` the block is for its holders, and they see the related rows in its scope.
    """

    title: str
    facts: Sequence[Column] = ()
    table: type[Table] | None = None
    rows: Callable[[Any], Any] | None = None
    empty: str = "暂无"
    permission: str = ""


@dataclass(frozen=True)
class Action:
    """One button: to `url` with the object's pk, for holders of `permission` while `when(object)`; `post` posts."""

    label: str
    url: str
    permission: str
    when: Callable[[Any], bool] = lambda row: True
    post: bool = False
    style: str = "outline-primary"


class DetailPage(Page):
    """One object: `queryset` scoped by the page's permission, `sections`, `actions`."""

    template = "kit/detail.html"
    queryset: ClassVar[Any] = None
    sections: ClassVar[tuple[Section, ...]] = ()
    actions: ClassVar[tuple[Action, ...]] = ()

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        self.object = self.fetch(self.queryset.all(), pk)
        return self.show(object=self.object, blocks=self.blocks(), buttons=self.buttons(), **self.extra())

    def get_title(self) -> str:
        return self.title or str(self.object)

    def extra(self) -> dict[str, Any]:
        """Return further context for a page with a template of its own."""
        return {}

    def blocks(self) -> list[dict[str, Any]]:
        """Return the sections with their facts and rows read."""
        user = self.request.user
        shown = []
        for section in self.sections:
            if section.permission and not user.has_perm(section.permission):
                continue
            facts = [(fact, Table.cell(Table(user), fact, self.object, self.object.pk)) for fact in section.facts]
            table = section.table(user) if section.table else None
            if table:
                table.back = self.request.path
            rows = table.rows(self.related(section), section.permission) if table and section.rows else []
            shown.append({"section": section, "facts": facts, "table": table, "rows": rows, "cut": len(rows) == SHOWN})
        return shown

    def related(self, section: Section) -> Any:
        """Return the first rows of a section that the user may see."""
        rows = section.rows(self.object)
        if section.permission:
            rows = rows.visible_to(self.request.user, section.permission)
        return rows[:SHOWN]

    def buttons(self) -> list[tuple[Action, str]]:
        """Return the actions that the user may do now, with their addresses."""
        user = self.request.user
        held = [action for action in self.actions if user.has_perm(action.permission)]
        beyond = unreached(user, {action.permission for action in held}, [self.object], self.permission)
        return [
            (action, with_back(reverse(action.url, args=[self.object.pk]), self.request.path))
            for action in held
            if not beyond[action.permission] and action.when(self.object)
        ]
