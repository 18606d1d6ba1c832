"""Statements by place: 小区 → 楼幢 → 单元 → 户室, each level opened from the one above (穿透)."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

from django.utils.http import urlencode

from accounts.models import User
from heating.kit.tables import Cell, Column, Table
from property.models import Building, Community, Unit
from reports.base import Answer, Report

OPENED = {"community": "community_id", "building": "building_id", "unit": "room__unit_id"}


@dataclass(frozen=True)
class Level:
    """One level of the drill-down: how rows at a room group, and which key opens the next level."""

    label: str
    key: str
    name: str
    sort: str
    opens: str


LEVELS = {
    "community": Level("小区", "community_id", "community__name", "community__sort_key", "community"),
    "building": Level("楼幢", "building_id", "building__name", "building__sort_key", "building"),
    "unit": Level("单元", "room__unit_id", "room__unit__name", "room__unit__sort_key", "unit"),
    "room": Level("户室", "room_id", "room__number", "room__sort_key", ""),
}


class PlaceTable(Table):
    """A table whose first column `name` names the places of a level and opens the next one."""

    def __init__(self, user: User, level: Level = LEVELS["community"], query: str = "") -> None:
        super().__init__(user)
        self.level, self.query = level, query
        head = Column(level.label, "name", width=24)
        head.name = "name"
        self.columns = (head, *type(self).columns[1:])

    def cell(self, column: Column, row: Any, pk: Any) -> Cell:
        """Link the name to the next level."""
        shown = super().cell(column, row, pk)
        if column.name != "name" or not self.level.opens:
            return shown
        href = "?" + "&".join(filter(None, (self.query, urlencode({self.level.opens: pk}))))
        return Cell(shown.text, column, href)


class PlaceReport(Report):
    """Subclass with `sums` and `found(user, asked)`: the rows, each at a room, that the conditions leave."""

    drill = tuple(OPENED)
    sums: ClassVar[dict[str, Any]]

    def found(self, user: User, asked: dict[str, Any]) -> Any:
        """Return the rows in the user's scope that the conditions leave."""
        raise NotImplementedError(self.code)

    def answer(self, user: User, **asked: Any) -> Answer:
        code, trail = self.level(user, asked)
        level = LEVELS[code]
        inside = {lookup: asked[name] for name, lookup in OPENED.items() if asked.get(name)}
        found = self.found(user, asked).filter(**inside).order_by()
        groups = found.values(level.key, level.name, level.sort).annotate(**self.sums).order_by(level.sort, level.key)
        rows = [
            SimpleNamespace(pk=row[level.key], name=row[level.name], **{name: row[name] for name in self.sums})
            for row in groups
        ]
        whole = SimpleNamespace(**found.aggregate(**self.sums))
        return Answer(rows, {c.name: c.value(whole) for c in self.table.columns if c.total}, trail, code)

    def level(self, user: User, asked: dict[str, Any]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Return the level to show and the way back up, for the deepest place that was opened."""
        if asked.get("unit"):
            units = Unit.objects.visible_to(user, self.permission).select_related("building__community")
            unit = units.get(pk=asked["unit"])
            return "room", (*_up(unit.building), (unit.name, ""))
        if asked.get("building"):
            buildings = Building.objects.visible_to(user, self.permission).select_related("community")
            return "unit", _up(buildings.get(pk=asked["building"]))
        if asked.get("community"):
            community = Community.objects.visible_to(user, self.permission).get(pk=asked["community"])
            return "building", ((community.name, urlencode({"community": community.pk})),)
        return "community", ()

    def table_for(self, user: User, answer: Answer, query: str) -> Table:
        return self.table(user, LEVELS[answer.level], query)


def _up(building: Building) -> tuple[tuple[str, str], ...]:
    return (
        (building.community.name, urlencode({"community": building.community_id})),
        (building.name, urlencode({"building": building.pk})),
    )
