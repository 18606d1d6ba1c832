"""Choosing some of very many: what is chosen stands first, a search finds the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect

from heating.kit.errors import Refusal
from heating.kit.pages.base import Page, StaffRequest, clean_query

# So many of each half are drawn; the rest is found by 查询.
MOST = 100


@dataclass(frozen=True)
class Choice:
    """One line: the value that is sent back and what its cells say."""

    value: str
    cells: tuple[str, ...]


class PickPage(Page):
    """The chosen things of one object: override `chosen`, `found` and `perform`.

    Only lines that were drawn are changed: what was chosen and drawn (`shown`) but came back without its tick
    (`pick`) is taken away, what came back with a tick and was not chosen is added. So a search never loses others.
    """

    template = "kit/pick.html"
    queryset: ClassVar[Any] = None
    search_class: ClassVar[Callable[..., Form]]
    heads: ClassVar[tuple[str, ...]] = ()
    success: ClassVar[str] = "保存成功"
    object: Any = None

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        self.object = self.fetch(self.queryset.all(), pk)
        return self.draw()

    def post(self, request: StaffRequest, pk: int) -> HttpResponse:
        self.object = self.fetch(self.queryset.all(), pk)
        shown, picked = set(request.POST.getlist("shown")), set(request.POST.getlist("pick"))
        try:
            self.perform(add=picked - shown, remove=shown - picked)
        except Refusal as refusal:
            return self.draw(picked=picked, error=refusal.sentence)
        messages.success(request, self.success)
        return redirect(request.get_full_path())

    def draw(self, *, picked: set[str] | None = None, error: str = "") -> HttpResponse:
        """Draw the search, the chosen lines and the found ones."""
        data = clean_query(self.request)
        search = self.search_class(data, user=self.request.user, permission=self.permission)
        search.use_required_attribute = False
        asked = search.cleaned_data if search.is_valid() else None
        chosen = self.chosen(asked) if asked is not None else []
        found = self.found(asked) if asked is not None else []
        return self.show(
            status=422 if error else 200,
            search=search,
            error=error,
            chosen=chosen[:MOST],
            found=found[:MOST],
            more_chosen=len(chosen) > MOST,
            more_found=len(found) > MOST,
            most=MOST,
            picked={choice.value for choice in chosen} if picked is None else picked,
            hint=self.hint(),
        )

    def hint(self) -> str:
        """Return a sentence above the lines."""
        return ""

    def chosen(self, asked: dict[str, Any]) -> Sequence[Choice]:
        """Return the chosen things that match; at most `MOST` + 1 are needed."""
        raise NotImplementedError(type(self).__name__)

    def found(self, asked: dict[str, Any]) -> Sequence[Choice]:
        """Return other things that match; at most `MOST` + 1 are needed."""
        raise NotImplementedError(type(self).__name__)

    def perform(self, *, add: set[str], remove: set[str]) -> None:
        """Call the service with the values."""
        raise NotImplementedError(type(self).__name__)


def numbers(values: set[str]) -> set[int]:
    """Read ids that a page sent back; `Refusal` for anything else."""
    if not all(value.isascii() and value.isdigit() and len(value) < 18 for value in values):
        raise Refusal("请从列表中选择")
    return {int(value) for value in values}
