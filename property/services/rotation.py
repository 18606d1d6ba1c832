"""Document numbers under the first key of FIELD_KEY, after the keys were rotated."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from heating.kit.encryption import decrypt, encrypt, fingerprint
from property.models import ChangeRequest, Owner

STEP = 500
SIDES = ("before", "after")


def rotate_documents() -> dict[str, int]:
    """Encrypt all document numbers with the first key; steps commit by themselves, so it starts again anywhere.

    Closed and open change requests are rewritten too: an open one compares what it asked with what stands now.
    """
    return {"owners": _in_steps(Owner, _owner), "requests": _in_steps(ChangeRequest, _request)}


def _in_steps(model: Any, rewrite: Any) -> int:
    last, done = 0, 0
    while True:
        with transaction.atomic():
            rows = list(model.objects.select_for_update().filter(pk__gt=last).order_by("pk")[:STEP])
            done += sum(rewrite(row) for row in rows)
        if not rows:
            return done
        last = rows[-1].pk


def _owner(owner: Owner) -> bool:
    fresh = _renewed(owner.id_cipher)
    if not fresh:
        return False
    owner.id_cipher, owner.id_hash = fresh["id_cipher"], fresh["id_hash"]
    owner.save(update_fields=["id_cipher", "id_hash"])
    return True


def _request(request: ChangeRequest) -> bool:
    changed = False
    for side in SIDES:
        values = getattr(request, side) or {}
        if fresh := _renewed(values.get("id_cipher") or ""):
            values.update(fresh)
            changed = True
    if changed:
        request.save(update_fields=[*SIDES])
    return changed


def _renewed(cipher: str) -> dict[str, str]:
    if not cipher:
        return {}
    number = decrypt(cipher)
    return {"id_cipher": encrypt(number), "id_hash": fingerprint(number)}
