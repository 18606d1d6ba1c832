"""What the database already knows of the owners named in one file, asked by sets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from heating.kit.encryption import decrypt
from property.intake.owners import Person
from property.states import OwnerKind

OWNERS = """
SELECT o.name, o.phone, o.kind, o.relief, o.relief_from::text, o.relief_to::text, o.id_cipher, o.org_name, o.phone2
FROM unnest(%(names)s::text[], %(phones)s::text[]) AS f (name, phone)
JOIN property_owner AS o ON o.company_id = %(company)s AND o.name = f.name AND o.phone = f.phone
"""
NAMES = """
SELECT f.name FROM unnest(%(names)s::text[]) AS f (name)
WHERE EXISTS (SELECT FROM property_owner AS o WHERE o.company_id = %(company)s AND o.name = f.name)
"""


@dataclass
class StoredOwners:
    """`KnownOwners` by the database, for one company; `reliefs`: stored code → label."""

    company_id: int
    reliefs: dict[str, str] = field(default_factory=dict)

    def owners(self, people: Collection[Person]) -> dict[Person, tuple[Any, ...]]:
        if not people:
            return {}
        names, phones = (list(part) for part in zip(*people, strict=True))
        kinds = dict(OwnerKind.choices)
        return {
            (name, phone): (
                kinds[kind],
                self.reliefs.get(relief, relief),
                start,
                end,
                decrypt(cipher) or None,
                organisation or None,
                phone2 or None,
            )
            for name, phone, kind, relief, start, end, cipher, organisation, phone2 in self._ask(
                OWNERS, names=names, phones=phones
            )
        }

    def names(self, names: Collection[str]) -> set[str]:
        return {row[0] for row in self._ask(NAMES, names=list(names))}

    def _ask(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"company": self.company_id, **values})
            return list(cursor.fetchall())
