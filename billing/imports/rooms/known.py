"""What the database already knows of the things named in one file: looked up in sets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from django.db import connection

from billing.imports.rooms.columns import (
    FLOOR_AREA,
    HEAT_STATE,
    HEIGHT,
    INNER_AREA,
    KIND,
    METER,
    NAME,
    NOTE,
    PHONE,
    PHONE2,
    PRODUCT,
    RELIEF,
)
from billing.models import Product, Season
from billing.states import FeeKind, VersionState
from property.models import Building, Community, Owner, Room
from property.queries import given_up
from property.states import HeatState, OwnerKind

Path = tuple[str, str, str, str]


class KnownRoom(NamedTuple):
    """A stored room as the template would write it: `values` by `STORED_NAMES`, old debts as (season, amount)."""

    path: Path
    values: tuple[str | None, ...]
    debts: frozenset[tuple[str, str]] = frozenset()


class Known(Protocol):
    """The questions that the check asks; each gets all values of the file at once."""

    def communities(self, names: Collection[str]) -> dict[str, bool]:
        """Return the communities of the company among `names`, and whether the user may import into each."""

    def may_add_community(self) -> bool: ...

    def buildings(self, names: Collection[str]) -> dict[str, list[str]]:
        """Return the names of the buildings of each of these communities, oldest first."""

    def closed(self) -> set[tuple[str, ...]]:
        """Return the places that are 停用 in the communities asked for: (小区,), (小区, 楼幢), (小区, 楼幢, 单元)."""

    def rooms(self, accounts: Collection[str]) -> dict[str, KnownRoom]: ...

    def given_up(self, accounts: Collection[str]) -> set[str]:
        """Return those of the accounts that a room had before: they are never reused."""

    def paths(self, paths: Collection[Path]) -> dict[Path, str]:
        """Return the stored rooms among these places with their account."""

    def owners(self, people: Collection[tuple[str, str]]) -> tuple[set[tuple[str, str]], set[str]]:
        """Return which (name, phone) are stored, and which names are stored with any phone."""

    def stopped(self, people: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return which (name, phone) are stored owners that are 停用."""


VALUES = """
r.floor_area::text, r.inner_area::text, r.height::text, o.name, o.phone, o.phone2, o.kind, o.relief, r.heat_state,
r.meter_no, r.note, (SELECT p.code FROM billing_contract AS k JOIN billing_product AS p ON p.id = k.product_id
    WHERE k.room_id = r.id AND k.season_id = %(season)s AND k.state = 'approved')
"""

STORED_NAMES = (
    FLOOR_AREA, INNER_AREA, HEIGHT, NAME, PHONE, PHONE2, KIND, RELIEF, HEAT_STATE, METER, NOTE, PRODUCT
)  # fmt: skip
OWNER_KINDS, HEAT_STATES = dict(OwnerKind.choices), dict(HeatState.choices)

ROOMS = f"""
SELECT r.account_no, r.id, c.name, b.name, u.name, r.number, {VALUES}
FROM property_room AS r
JOIN property_community AS c ON c.id = r.community_id
JOIN property_building AS b ON b.id = r.building_id
JOIN property_unit AS u ON u.id = r.unit_id
JOIN property_owner AS o ON o.id = r.owner_id
WHERE r.company_id = %(company)s AND r.account_no = ANY(%(accounts)s)
"""

DEBTS = """
SELECT d.room_id, s.name, d.line_amount::text
FROM billing_order AS d JOIN billing_season AS s ON s.id = d.season_id
WHERE d.room_id IN (
        SELECT r.id FROM property_room AS r WHERE r.company_id = %(company)s AND r.account_no = ANY(%(accounts)s))
    AND d.fee_kind = %(arrears)s AND d.state NOT IN ('void', 'refunded')
"""

PATHS = """
SELECT f.community, f.building, f.unit, f.number, r.account_no
FROM unnest(%(c)s::text[], %(b)s::text[], %(u)s::text[], %(n)s::text[]) AS f (community, building, unit, number)
JOIN property_community AS c ON c.company_id = %(company)s AND c.name = f.community
JOIN property_building AS b ON b.community_id = c.id AND b.name = f.building
JOIN property_unit AS u ON u.building_id = b.id AND u.name = f.unit
JOIN property_room AS r ON r.unit_id = u.id AND r.number = f.number
"""

OWNERS = """
SELECT f.name, f.phone FROM unnest(%(names)s::text[], %(phones)s::text[]) AS f (name, phone)
JOIN property_owner AS o ON o.company_id = %(company)s AND o.name = f.name AND o.phone = f.phone
"""

CLOSED = """
SELECT name, NULL, NULL FROM property_community WHERE NOT active AND id = ANY(%(here)s)
UNION ALL
SELECT c.name, b.name, NULL FROM property_building AS b JOIN property_community AS c ON c.id = b.community_id
WHERE NOT b.active AND c.id = ANY(%(here)s)
UNION ALL
SELECT c.name, b.name, u.name FROM property_unit AS u JOIN property_building AS b ON b.id = u.building_id
JOIN property_community AS c ON c.id = b.community_id WHERE NOT u.active AND c.id = ANY(%(here)s)
"""

NAMES = """
SELECT f.name FROM unnest(%(names)s::text[]) AS f (name)
WHERE EXISTS (SELECT FROM property_owner AS o WHERE o.company_id = %(company)s AND o.name = f.name)
"""


@dataclass
class Stored:
    """`Known` by the database, for one company and one user (None: the system, which may everything).

    `reliefs`: stored code → label.
    """

    company_id: int
    office_id: int
    season: Season | None
    actor: Any = None
    permission: str = "property.import_room"
    reliefs: dict[str, str] = field(default_factory=dict)
    _communities: dict[str, int] = field(default_factory=dict)

    def communities(self, names: Collection[str]) -> dict[str, bool]:
        rows = Community.objects.filter(company_id=self.company_id, name__in=names)
        self._communities = dict(rows.values_list("name", "pk"))
        if self.actor is None:
            return dict.fromkeys(self._communities, True)
        mine = set(rows.visible_to(self.actor, self.permission).values_list("pk", flat=True))
        return {name: pk in mine for name, pk in self._communities.items()}

    def may_add_community(self) -> bool:
        """New communities come into the user's own office, so that must be in the scope of adding them."""
        if self.actor is None:
            return True
        scopes = [self.actor.scope(permission) for permission in ("property.add_community", self.permission)]
        return all(scope.everything or self.office_id in scope.offices for scope in scopes)

    def buildings(self, names: Collection[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        wanted = {pk: name for name, pk in self._communities.items() if name in names}
        rows = Building.objects.filter(community_id__in=wanted).order_by("pk").values_list("community_id", "name")
        for pk, name in rows:
            found.setdefault(wanted[pk], []).append(name)
        return found

    def closed(self) -> set[tuple[str, ...]]:
        return {tuple(filter(None, row)) for row in self._ask(CLOSED, here=list(self._communities.values()))}

    def stopped(self, people: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
        rows = Owner.objects.filter(company_id=self.company_id, active=False).values_list("name", "phone")
        return {person for person in rows if person in people}

    def _ask(self, sql: str, **values: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question, which may be as many as the file has."""
        with connection.cursor() as cursor:
            cursor.execute(sql, {"company": self.company_id, **values})
            while block := cursor.fetchmany(2000):
                yield from block

    def rooms(self, accounts: Collection[str]) -> dict[str, KnownRoom]:
        if not Room.objects.filter(company_id=self.company_id).exists():
            return {}
        debts = self._debts(accounts)
        found: dict[str, KnownRoom] = {}
        # The same few words fill most columns: each is kept once.
        words: dict[Any, Any] = {None: None, "": None}
        for account, room, *texts in self._ask(
            ROOMS, accounts=list(accounts), season=self.season.pk if self.season else None
        ):
            place, values = texts[:4], self._labels(texts[4:])
            found[account] = KnownRoom(
                tuple(words.setdefault(word, word) for word in place),
                tuple(words.setdefault(word, word) for word in values),
                frozenset(debts.get(room, ())),
            )
        return found

    def _debts(self, accounts: Collection[str]) -> dict[int, list[tuple[str, str]]]:
        found: dict[int, list[tuple[str, str]]] = {}
        for room, name, amount in self._ask(DEBTS, accounts=list(accounts), arrears=FeeKind.ARREARS):
            found.setdefault(room, []).append((name, amount))
        return found

    def _labels(self, stored: list[Any]) -> list[Any]:
        """Return stored columns as the template writes them."""
        kind, relief, state = (STORED_NAMES.index(name) for name in (KIND, RELIEF, HEAT_STATE))
        stored[kind] = OWNER_KINDS[stored[kind]]
        stored[state] = HEAT_STATES[stored[state]]
        stored[relief] = self.reliefs.get(stored[relief], stored[relief])
        return stored

    def given_up(self, accounts: Collection[str]) -> set[str]:
        return given_up(self.company_id, accounts)

    def paths(self, paths: Collection[Path]) -> dict[Path, str]:
        here = [path for path in paths if path[0] in self._communities]
        if not here:
            return {}
        c, b, u, n = (list(part) for part in zip(*here, strict=True))
        return {row[:4]: row[4] for row in self._ask(PATHS, c=c, b=b, u=u, n=n)}

    def owners(self, people: Collection[tuple[str, str]]) -> tuple[set[tuple[str, str]], set[str]]:
        if not people or not Owner.objects.filter(company_id=self.company_id).exists():
            return set(), set()
        names, phones = (list(part) for part in zip(*people, strict=True))
        pairs = {(name, phone) for name, phone in self._ask(OWNERS, names=names, phones=phones)}
        return pairs, {row[0] for row in self._ask(NAMES, names=list(set(names)))}


def product_words(season: Season | None) -> dict[str, str]:
    """Return the codes of the season's products that can be signed."""
    if season is None:
        return {}
    rows = Product.objects.filter(season=season, active=True, versions__state=VersionState.EFFECTIVE)
    return {code: code for code in rows.values_list("code", flat=True)}


def first_year(season: Season | None, today: Any) -> int:
    """Return the first year of the current season; without one, the season that a heating year is in from July."""
    return season.year if season else today.year - (today.month < 7)


def unique(values: Iterable[Any]) -> set[Any]:
    """Return the different values that are there."""
    return {value for value in values if value is not None}
