"""The tree of offices as it is drawn: only what is open is read, so ten thousand offices cost no more than ten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Window
from django.db.models.functions import RowNumber

from org.models import Office

# A tree up to this size is drawn open; a bigger one opens by hand.
SMALL = 200
# Children of one office that are drawn at once; the rest is found by 查询.
WIDE = 100


@dataclass(frozen=True)
class Node:
    """One drawn line of the tree."""

    office: Office
    depth: int
    opened: bool
    closed: bool
    toggle: str
    more: int = 0


def tree(visible: Any, opened: frozenset[int]) -> list[Node]:
    """Return the lines of the tree of `visible`, with the children of the `opened` offices."""
    below = Office.objects.filter(parent=OuterRef("pk"))
    rows = Office.objects.select_related("parent").annotate(has_children=Exists(below)).order_by("sort", "id")
    # One statement asks the scope; what hangs where is told from its answer.
    shape = visible.order_by().aggregate(pks=ArrayAgg("pk", default=[]), parents=ArrayAgg("parent_id", default=[]))
    parent_of = dict(zip(shape["pks"], shape["parents"], strict=True))
    if len(parent_of) <= SMALL:
        found = list(rows.filter(pk__in=parent_of))
        opened = opened or frozenset(parent_of)
    else:
        roots = [pk for pk, parent in parent_of.items() if parent not in parent_of]
        found = list(rows.filter(pk__in=roots)[: WIDE + 1])
        opened = opened or frozenset(office.pk for office in found[:1])
        wanted = [pk for pk, parent in parent_of.items() if parent in opened]
        nth = Window(RowNumber(), partition_by="parent_id", order_by=["sort", "id"])
        found += rows.filter(pk__in=wanted).annotate(nth=nth).filter(nth__lte=WIDE + 1)
    known = {office.pk for office in found}
    children: dict[int | None, list[Office]] = defaultdict(list)
    for office in found:
        children[office.parent_id if office.parent_id in known else None].append(office)
    return list(_lines(children, None, 0, opened))


def _lines(children: dict[int | None, list[Office]], under: int | None, depth: int, opened: frozenset[int]) -> Any:
    drawn = children.get(under, [])
    for office in drawn[:WIDE]:
        is_open = office.pk in opened and office.has_children
        toggled = opened - {office.pk} if is_open else opened | {office.pk}
        yield Node(office, depth, is_open, office.has_children and not is_open, ids(toggled))
        if is_open:
            yield from _lines(children, office.pk, depth + 1, opened)
    if len(drawn) > WIDE:
        yield Node(drawn[WIDE], depth, False, False, "", more=WIDE)


def ids(opened: Iterable[int]) -> str:
    """Write the opened offices for an address; "0" stands for none, because empty means "as usual"."""
    return ",".join(str(pk) for pk in sorted(opened)) or "0"


def read_ids(text: str) -> frozenset[int]:
    """Read the opened offices of an address; anything that is no number is left out."""
    parts = text.split(",")[:500]
    return frozenset(int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 18)


def line_to(office: Office) -> frozenset[int]:
    """Return the offices to open so that `office` is seen."""
    return frozenset(int(part) for part in office.path.split("/") if part) - {office.pk}
