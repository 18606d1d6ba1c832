"""The search box: rooms by what a resident can say, each road led by an index (quality.md §2.2 B6)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import StrIndex

from property.models import Community, Owner, Room
from property.models.rooms import RoomQuerySet

WORDS = re.compile(r"[\s,，;；]+")
PLACE = re.compile(r"[\w#]+(-[\w#]+){1,2}")
LIMIT = 20
FOUND = 300  # ids that are found before they are sorted
TAIL = 4  # digits of a phone's end that are worth a search


def search_rooms(user: Any, text: str, *, permission: str, limit: int = LIMIT) -> RoomQuerySet:
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
        if word.isascii() and word.isalnum():
            yield Q(account_no__startswith=word)
        if word.isascii() and word.isdigit() and len(word) >= TAIL:
            yield _owners(Q(phone__tail=word))
            yield _owners(~Q(phone2="") & Q(phone2__tail=word))
    for index, word in enumerate(words):
        rest = Q()
        for other in words[:index] + words[index + 1 :]:
            rest &= _inside(other)
        if not PLACE.fullmatch(word):
            yield _owners(Q(name__holds=word)) & rest
        yield from (road & rest for road in _places(word))


def _owners(condition: Q) -> Q:
    return Q(owner__in=Owner.objects.filter(condition))


def _places(word: str) -> Iterator[Q]:
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
    if PLACE.fullmatch(word):
        return _place(word.split("-"))
    named = Exists(Owner.objects.filter(pk=OuterRef("owner_id"), name__contains=word))
    return Q(address__contains=word) | Q(named)


def _place(parts: list[str]) -> Q:
    """Read 3-2-501 as 楼幢 3, 单元 2, 户室 501, and 2-501 as 单元 2 (or 楼幢 2), 户室 501."""
    room = Q(number=parts[-1]) | Q(number=f"{parts[-1]}室")
    if len(parts) == 3:
        return _named("building__name", parts[0]) & _named("unit__name", parts[1]) & room
    return (_named("unit__name", parts[0]) | _named("building__name", parts[0])) & room


def _named(field: str, number: str) -> Q:
    """Match a bare number with the word behind it: 3 means 3, 3号楼, 3号, 3#, 3栋, 3单元 …; never 13号楼."""
    return Q(**{f"{field}__iregex": rf"^0*{re.escape(number)}(\D.*)?$"})
