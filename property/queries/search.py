"""The search box: rooms by what a resident can say, each road led by an index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import StrIndex

from heating.kit.natural import chinese_number, natural_key
from property.models import Community, Owner, Room, Unit
from property.models.rooms import RoomQuerySet

WORDS = re.compile(r"[\s,，;；]+")
NUMERAL = "零〇一二两三四五六七八九十百"
# 3-2-501, and the same as it is spoken: 阳光3号楼2单元501室, 三号楼501.
DASHED = re.compile(r"([\w#]+)-(?:([\w#]+)-)?([\w#]+)")
SPOKEN = re.compile(
    rf"(?P<area>.*?)(?P<building>[0-9A-Za-z]+|[{NUMERAL}]+)(?:号楼|号|楼|栋|幢|座|#)"
    rf"(?:(?P<unit>[0-9A-Za-z]+|[{NUMERAL}]+)(?:单元|门))?(?P<room>[0-9A-Za-z]+)(?:室|号|户)?"
)
MOST_HITS = 20
FOUND = 300  # ids that are found before they are sorted
TAIL = 4  # digits of a phone's end that are worth a search


@dataclass(frozen=True)
class Place:
    """楼幢, 单元 and 户室 as they are said; without a 单元 the first number may be either."""

    building: str
    unit: str
    room: str


def dashed(word: str) -> Place | None:
    """Read 3-2-501 and 2-501."""
    found = DASHED.fullmatch(word)
    return Place(found[1], found[2] or "", found[3]) if found else None


def parse_words(word: str) -> tuple[str, Place] | None:
    """Read 阳光3号楼2单元501 as the name before it and the place."""
    found = SPOKEN.fullmatch(word)
    if not found:
        return None
    return found["area"], Place(found["building"], found["unit"] or "", found["room"])


def search_rooms(user: Any, text: str, *, permission: str, limit: int = MOST_HITS) -> RoomQuerySet:
    """Return at most `limit` rooms in the user's scope for what a resident can say.

    One word: account (whole, or its beginning), phone or its last four digits or more, owner's name, or place.
    Several words: each occurs in the address or in the owner's name; `3-2-501` reads 楼幢-单元-户室.
    """
    rooms = Room.objects.visible_to(user, permission)
    words = [w for w in WORDS.split(unicodedata.normalize("NFKC", text).replace("\x00", "")) if w][:6]
    if not words or sum(map(len, words)) > 200:
        return rooms.none()
    found: set[int] = set()
    if len(words) == 1:
        found = set(rooms.filter(account_no=words[0]).order_by().values_list("pk", flat=True)[:limit])
    if not found:
        for road in roads(words):
            found |= set(rooms.filter(road).order_by().values_list("pk", flat=True)[: FOUND - len(found)])
            if len(found) >= FOUND:
                break
    ordered = Room.objects.filter(pk__in=found).order_by("sort_key", "pk")
    if len(found) > limit:
        # Sort the ids alone; join only what is shown.
        ordered = ordered.filter(pk__in=list(ordered.values_list("pk", flat=True)[:limit]))
    return ordered.select_related("owner")[:limit]


def roads(words: list[str]) -> Iterator[Q]:
    """Yield conditions, each led by one index; together they are all that the words may mean."""
    if len(words) == 1:
        word = words[0]
        if place := dashed(word):
            yield _place(place)
        elif parsed := parse_words(word):
            yield from _parsed(*parsed)
        if word.isascii() and word.isalnum():
            yield Q(account_no__startswith=word)
        if word.isascii() and word.isdigit() and len(word) >= TAIL:
            yield _owners(Q(phone__tail=word))
            yield _owners(~Q(phone2="") & Q(phone2__tail=word))
    for index, word in enumerate(words):
        rest = Q()
        for other in words[:index] + words[index + 1 :]:
            rest &= _inside(other)
        if not dashed(word):
            if len(word) == 1:
                # Thousands bear a surname: the first of them are read off its index, without a list of all.
                yield _owners(Q(name__begins=word)) & rest
            yield _owners(Q(name__holds=word)) & rest
        yield from (road & rest for road in _communities(word))


def _owners(condition: Q) -> Q:
    return Q(owner__in=Owner.objects.filter(condition))


def _parsed(area: str, place: Place) -> Iterator[Q]:
    """Lead by the buildings of that number, in the communities of that name when one was said."""
    if not area:
        yield _place(place)
    elif named := list(Community.objects.filter(name__icontains=area).values_list("pk", flat=True)[:FOUND]):
        yield _place(place, named)


def _communities(word: str) -> Iterator[Q]:
    """Lead by the community that the word names, or begins with: 阳光, or 阳光小区3号楼."""
    named = list(Community.objects.filter(name__icontains=word).values_list("pk", flat=True)[:FOUND])
    if named:
        yield Q(community__in=named)
    longer = Community.objects.alias(at=StrIndex(Value(word), "name")).filter(at=1).exclude(name__icontains=word)
    begins = list(longer.values_list("pk", flat=True)[:FOUND])
    if begins:
        yield Q(community__in=begins) & Q(address__contains=word)


def _inside(word: str) -> Q:
    """Say what a further word may mean in a room that another word has found."""
    parsed = parse_words(word)
    if place := dashed(word) or (parsed[1] if parsed and not parsed[0] else None):
        return _place(place)
    named = Exists(Owner.objects.filter(pk=OuterRef("owner_id"), name__contains=word))
    return Q(address__contains=word) | Q(named)


def _place(place: Place, communities: list[int] | None = None) -> Q:
    """Find the rooms of that number in the units of that place: 3-2-501, and 2-501 with 单元 2 or 楼幢 2."""
    first = _numbered("building__sort_key", place.building)
    units = first & _numbered("sort_key", place.unit) if place.unit else first | _numbered("sort_key", place.building)
    if communities is not None:
        units &= Q(building__community__in=communities)
    return Q(unit__in=Unit.objects.filter(units).order_by(), number__in=[place.room, f"{place.room}室"])


def _numbered(field: str, number: str) -> Q:
    """Match a bare number with the word behind it: 3 means 3, 3号楼, 三号楼, 3号, 3#, 3栋, 3单元 …; never 13号楼.

    Sort keys pad their numbers, so nothing but the number itself begins so.
    """
    bare = str(chinese_number(number)) if set(number) <= set(NUMERAL) else number
    return Q(**{f"{field}__startswith": natural_key(bare)})
