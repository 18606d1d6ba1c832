"""The second pass of 业主导入, and taking it back."""

from __future__ import annotations

from typing import Any

from django.db import connection

from heating.audit.services import record
from heating.jobs.models import Batch
from heating.kit.encryption import encrypt, fingerprint
from heating.kit.errors import Refusal
from heating.kit.intake import Result
from heating.kit.intake.importing import Destination
from heating.kit.pg_copy import copy_columns
from property.intake.owners import CREATE
from property.intake.template import (
    DOCUMENT,
    KIND,
    NAME,
    NOTE,
    ORGANISATION,
    PHONE,
    RELIEF,
    RELIEF_FROM,
    RELIEF_TO,
)
from property.intake.words import OWNER_KIND_CODES, relief_words
from property.models import Owner

STAGE = """
DROP TABLE IF EXISTS pg_temp.intake_owners;
CREATE TEMP TABLE intake_owners (
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
    FROM intake_owners ORDER BY row
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


def commit_owners(result: Result, to: Destination, batch: Batch) -> dict[str, Any]:
    """Create the new owners of the file in the user's office."""
    rows = [row for row in result.good_rows() if result.action(row) == CREATE]
    if not rows:
        return {}
    given = {
        "company": to.company_id,
        "office": to.office_id,
        "batch": batch.pk,
        "actor": to.actor.pk if to.actor else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        copy_columns(cursor, "intake_owners", owner_columns(result, rows))
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


def owners_stand(batch: Batch) -> bool:
    """Say whether every owner that the batch made is still there."""
    return Owner.objects.filter(batch_id=batch.pk).count() == batch.counts.get("made", {}).get("owners", 0)


def undo_owner_batch(batch: Batch, to: Destination) -> dict[str, Any]:
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
