"""The arithmetic of the chain of seals: keyed digests of rows and seals, and ranges of ids that are still to come."""

from __future__ import annotations

import hmac
import json
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

PURPOSE = "heating.audit.seal"  # for which a key is derived
MAC = 16  # bytes of HMAC-SHA256 that are kept of each row
FIRST = ""  # what the first seal of a company names as the one before


def key_name(key: bytes) -> str:
    """Return the name by which a seal says which key made it; it tells nothing about the key."""
    return hmac.digest(key, b"name", "sha256").hex()[:12]


def row_mac(key: bytes, name: str, pk: int, text: str) -> bytes:
    """Return the keyed digest of one row: of its table's name, its id and its content as text."""
    return hmac.digest(key, f"{name}\n{pk}\n{text}".encode(), "sha256")[:MAC]


def part_digest(ids: Sequence[int], macs: bytes) -> str:
    """Return the digest of the rows of one table in one seal."""
    return sha256(",".join(map(str, ids)).encode() + b"\n" + macs).hexdigest()


@dataclass(frozen=True)
class Head:
    """What a seal signs besides its rows; `previous` is the digest of the company's seal before."""

    company_id: int
    number: int
    at: datetime
    key: str
    previous: str

    def digest(self, key: bytes, parts: Iterable[tuple[str, int, str]]) -> str:
        """Return the seal's keyed digest over the head and (table, rows, digest) of each part."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        content = [self.company_id, self.number, at, self.key, self.previous, sorted(parts)]
        return hmac.digest(key, json.dumps(content).encode(), "sha256").hex()


@dataclass(frozen=True)
class Gap:
    """Ids `first` to `last` that a sequence gave out and no committed row has shown.

    A transaction that still runs may bring one. None can once every transaction below `horizon` has ended and
    `since` (seconds) is long ago.
    """

    first: int
    last: int
    horizon: int
    since: float

    def open(self, *, oldest: int, now: float, patience: float) -> bool:
        """Say whether a row may still come; `oldest` is the oldest transaction that runs."""
        return self.horizon > oldest or now - self.since < patience


def holes(after: int, ids: Iterable[int]) -> list[tuple[int, int]]:
    """Return the ranges of ids above `after` that are missing between the ascending `ids`."""
    found = []
    for pk in ids:
        if pk > after + 1:
            found.append((after + 1, pk - 1))
        after = pk
    return found


def without(gap: Gap, ids: Sequence[int]) -> list[Gap]:
    """Return what remains of a gap when the ascending `ids` have shown."""
    begin, end = bisect_left(ids, gap.first), bisect_left(ids, gap.last + 1)
    ranges = holes(gap.first - 1, [*ids[begin:end], gap.last + 1])
    return [Gap(first, last, gap.horizon, gap.since) for first, last in ranges]
