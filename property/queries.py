"""Read questions about places and people."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db.models import Q

from property.models import Room
from property.models.rooms import RoomQuerySet

WORDS = re.compile(r"[\s,，;；]+")
LIMIT = 20


def search_rooms(user: Any, text: str, *, permission: str, limit: int = LIMIT) -> RoomQuerySet:
    """Return at most `limit` rooms in the user's scope for what a resident can say.

    One word: account (whole, or its beginning), phone or its last four digits or more, owner's name.
    Several words, or one that is no name: all must occur in the address; `3-2-501` reads 楼幢-单元-户室.
    """
    rooms = Room.objects.visible_to(user, permission).select_related("owner")
    words = [w for w in WORDS.split(unicodedata.normalize("NFKC", text).replace("\x00", "")) if w][:6]
    if not words:
        return rooms.none()
    if len(words) == 1:
        exact = rooms.filter(account_no=words[0])
        if exact.exists():
            return exact[:limit]
    wanted = Q()
    for word in words:
        wanted &= _word(word)
    return rooms.filter(wanted).order_by("sort_key", "pk")[:limit]


def _word(word: str) -> Q:
    """Return what one word may mean."""
    if "-" in word and re.fullmatch(r"[\w号楼幢栋单元室#]+(-[\w号楼幢栋单元室#]+){1,2}", word):
        return _place(word.split("-"))
    meaning = Q(owner__name__contains=word) | Q(address__contains=word)
    if word.isascii() and word.isalnum():
        meaning |= Q(account_no__startswith=word)
        if word.isdigit() and len(word) >= 4:
            meaning |= Q(owner__phone__endswith=word) | Q(owner__phone2__endswith=word)
    return meaning


def _place(parts: list[str]) -> Q:
    """Read 3-2-501 as 楼幢 3, 单元 2, 户室 501, and 2-501 as 单元 2 (or 楼幢 2), 户室 501."""
    room = Q(number=parts[-1]) | Q(number=f"{parts[-1]}室")
    if len(parts) == 3:
        return _named("building__name", parts[0]) & _named("unit__name", parts[1]) & room
    return (_named("unit__name", parts[0]) | _named("building__name", parts[0])) & room


def _named(field: str, number: str) -> Q:
    """Match a bare number with the word behind it: 3 means 3, 3号楼, 3号, 3#, 3栋, 3单元 …; never 13号楼."""
    return Q(**{f"{field}__iregex": rf"^0*{re.escape(number)}(\D.*)?$"})
