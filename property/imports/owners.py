"""业主导入: its columns, its checks and its set-based load."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from django.db import connection

from heating.audit.services import record
from heating.imports.importer import Destination, Importer
from heating.imports.models import Batch
from heating.imports.result import Result
from heating.imports.sheet import Sheet
from heating.imports.template import Field, Template, word_field
from heating.kit import parsing
from heating.kit.encryption import decrypt, encrypt, fingerprint
from heating.kit.errors import Refusal
from heating.kit.pg_copy import copy_columns
from org.services import use_office
from property.imports.words import OWNER_KIND_CODES, OWNER_KINDS, SENTENCES, relief_words
from property.models import Owner
from property.states import OwnerKind

NAME, PHONE, PHONE2, KIND, RELIEF = "用户姓名", "联系电话", "备用电话", "用户类型", "优抚类型"
RELIEF_FROM, RELIEF_TO, DOCUMENT, ORGANISATION, NOTE = "优抚有效期起", "优抚有效期止", "证件号码", "单位名称", "备注"
CREATE, DUPLICATE = "create", "duplicate"
Person = tuple[Any, Any]
# Remarks aside, these make two rows of one person say the same.
COMPARED = (KIND, RELIEF, RELIEF_FROM, RELIEF_TO, DOCUMENT, ORGANISATION)
OWN_SENTENCES = {
    "duplicate_owner": "该业主已存在，不重复建立",
    "owner_conflict": "同名同电话的业主资料不一致",
    "date_order": "{field}不能早于起始日期",
}


class OwnerImporter(Importer):
    """业主导入 into the user's own office."""

    kind, title, permission = "owners", "业主导入", "property.import_owner"
    made = {"owners": "业主"}
    undo_warning = "本批次新建的业主都会删除。"

    def template(self, to: Destination) -> Template:
        words, _ = relief_words()
        return owner_template(reliefs=words)

    def check_rows(self, sheet: Sheet, to: Destination) -> Result:
        _, codes = relief_words()
        return check_owners(sheet, StoredOwners(to.company_id, {code: label for label, code in codes.items()}))

    def load(self, result: Result, to: Destination, batch: Batch) -> dict[str, Any]:
        return load_owners(result, to, batch)

    def undo(self, batch: Batch, to: Destination) -> dict[str, Any]:
        return undo_owners(batch, to)

    def stands(self, batch: Batch) -> bool:
        return Owner.objects.filter(batch_id=batch.pk).count() == batch.counts.get("made", {}).get("owners", 0)


def owner_template(*, reliefs: Mapping[str, str]) -> Template:
    """Return the template; `reliefs` are the spellings of the relief types."""
    return Template(
        "业主导入",
        (
            Field(NAME, partial(parsing.name, limit=60), required=True, example="张三"),
            Field(PHONE, parsing.phone, required=True, second=PHONE2, example="0531-12345678"),
            word_field(KIND, OWNER_KINDS, unknown="unknown_user_type", required=True, example="私户"),
            word_field(RELIEF, reliefs, unknown="unknown_welfare_type", default="普通", example="普通"),
            Field(RELIEF_FROM, parsing.day, dated=True, example="2025-09-01"),
            Field(RELIEF_TO, parsing.day, dated=True, example="2026-08-31"),
            Field(DOCUMENT, parsing.document),
            Field(ORGANISATION, partial(parsing.name, limit=100)),
            Field(NOTE, parsing.note, silent=True),
        ),
        key=PHONE,
        sentences=SENTENCES | OWN_SENTENCES,
    )


class KnownOwners(Protocol):
    """The questions that the check asks the database; all persons or names of the file at once."""

    def owners(self, people: Collection[Person]) -> dict[Person, tuple[Any, ...]]:
        """Return the stored owners among these, with their values of `COMPARED` and the second phone."""

    def names(self, names: Collection[str]) -> set[str]:
        """Return which names are stored, with whatever phone."""


def check_owners(sheet: Sheet, known: KnownOwners) -> Result:
    """Compare the rows with each other and with what is stored."""
    result = Result(sheet, sheet.errors, sheet.warnings)
    _dates(sheet)
    rows = [row for row in sheet.data_rows if row not in sheet.errors]
    people = {row: (sheet.values[NAME][row], sheet.values[PHONE][row]) for row in rows}
    stored = known.owners(set(people.values()))
    _conflicts(sheet, people, stored)
    _repeated(result, people, stored, known)
    return result


def _dates(sheet: Sheet) -> None:
    starts, ends = sheet.values[RELIEF_FROM], sheet.values[RELIEF_TO]
    for row in sheet.filled_rows(RELIEF_TO):
        start, end = starts[row], ends[row]
        if start and end and end < start:
            sheet.error(row, "date_order", RELIEF_TO)


def facts(sheet: Sheet, row: int) -> tuple[Any, ...]:
    """Return what a row says of its person."""
    return (*(sheet.values[name][row] for name in COMPARED), sheet.seconds[PHONE].get(row))


def _conflicts(sheet: Sheet, people: dict[int, Person], stored: dict[Person, tuple[Any, ...]]) -> None:
    """Mark all rows of a person whose rows, or whose stored values, differ."""
    found: dict[Person, set[tuple[Any, ...]]] = {person: {values} for person, values in stored.items()}
    for row, person in people.items():
        found.setdefault(person, set()).add(facts(sheet, row))
    for row, person in people.items():
        if len(found[person]) > 1:
            sheet.error(row, "owner_conflict", NAME)


def _repeated(
    result: Result, people: dict[int, Person], stored: dict[Person, tuple[Any, ...]], known: KnownOwners
) -> None:
    sheet = result.sheet
    good = {row: person for row, person in people.items() if row not in sheet.errors}
    pairs, seen = set(stored), known.names({person[0] for person in good.values()})
    for row, person in good.items():
        if person in pairs:
            sheet.warn(row, "duplicate_owner", NAME)
            result.actions[row] = DUPLICATE
            continue
        if person[0] in seen:
            sheet.warn(row, "same_name_other_phone", NAME)
        pairs.add(person)
        seen.add(person[0])


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


STAGE = """
DROP TABLE IF EXISTS pg_temp.import_owners;
CREATE TEMP TABLE import_owners (
    row integer, name text, phone text, phone2 text, kind text, relief text, relief_from date, relief_to date,
    id_kind text, id_cipher text, id_hash text, id_tail text, org_name text, note text
) ON COMMIT DROP
"""
LOAD = """
WITH made AS (
    INSERT INTO property_owner (
        company_id, office_id, number, name, phone, phone2, kind, relief, relief_from, relief_to, id_kind, id_cipher,
        id_hash, id_tail, org_name, tax_no, note, active, batch_id, created_by_id, created_at)
    SELECT %(company)s, %(office)s, 'Y' || lpad(nextval('property_owner_number')::text, 8, '0'), name, phone, phone2,
        kind, relief, relief_from, relief_to, id_kind, id_cipher, id_hash, id_tail, org_name, '', note, true,
        %(batch)s, %(actor)s, now()
    FROM import_owners ORDER BY row
    ON CONFLICT (company_id, name, phone) DO NOTHING RETURNING 1)
SELECT count(*) FROM made
"""
TOUCHED = {
    "其中 {} 位业主已有户室": "SELECT count(DISTINCT owner_id) FROM property_room WHERE owner_id IN ({mine})",
    "其中 {} 位业主已有变更申请": """
        SELECT count(DISTINCT owner_id) FROM property_changerequest
        WHERE owner_id IN ({mine})""",
    "其中 {} 位业主已开通手机端": "SELECT count(*) FROM property_owner WHERE id IN ({mine}) AND user_id IS NOT NULL",
}
MINE = "SELECT id FROM property_owner WHERE batch_id = %(batch)s"
CARD = "身份证"
OTHER_DOCUMENT = "其他证件"


def load_owners(result: Result, to: Destination, batch: Batch) -> dict[str, Any]:
    """Create the new owners of the file in the user's office."""
    rows = [row for row in result.good_rows() if result.action(row) == CREATE]
    if not rows:
        return {}
    use_office(to.office_id)
    given = {
        "company": to.company_id,
        "office": to.office_id,
        "batch": batch.pk,
        "actor": to.actor.pk if to.actor else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        copy_columns(cursor, "import_owners", owner_columns(result, rows))
        cursor.execute(LOAD, given)
        counts = {"owners": cursor.fetchone()[0]}
    record(to.actor, "owner.import", batch, after=counts, office_id=to.office_id)
    return counts


def owner_columns(result: Result, rows: list[int]) -> list[list[str | None]]:
    """Return these rows as the columns of the staging table."""
    sheet = result.sheet

    def column(name: str) -> list[str | None]:
        return list(map(sheet.values[name].__getitem__, rows))

    documents = [value or "" for value in column(DOCUMENT)]
    reliefs = relief_words()[1]
    return [
        [str(row + 1) for row in rows],
        column(NAME),
        column(PHONE),
        [sheet.seconds[PHONE].get(row, "") for row in rows],
        [OWNER_KIND_CODES[str(value)] for value in column(KIND)],
        [reliefs[str(value)] for value in column(RELIEF)],
        column(RELIEF_FROM),
        column(RELIEF_TO),
        [(CARD if len(text) == 18 and text[:17].isdigit() else OTHER_DOCUMENT) if text else "" for text in documents],
        [encrypt(text) for text in documents],
        [fingerprint(text) for text in documents],
        [text[-4:] for text in documents],
        [value or "" for value in column(ORGANISATION)],
        [value or "" for value in column(NOTE)],
    ]


def undo_owners(batch: Batch, to: Destination) -> dict[str, Any]:
    """Delete the owners of a batch while nobody has used them; `Refusal` names what stands in the way."""
    given = {"batch": batch.pk}
    with connection.cursor() as cursor:
        cursor.execute(f"{MINE} ORDER BY id FOR UPDATE", given)
        for sentence, text in TOUCHED.items():
            cursor.execute(text.format(mine=MINE), given)
            found = cursor.fetchone()[0]
            if found:
                raise Refusal(f"不能撤销该批次：{sentence.format(found)}")
        cursor.execute("DELETE FROM property_owner WHERE batch_id = %(batch)s", given)
        counts = {"owners": cursor.rowcount}
    record(to.actor, "owner.import_undo", batch, after=counts, office_id=batch.office_id)
    return counts
