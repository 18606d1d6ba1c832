"""Signing the old rows that database triggers keep (django-pghistory)."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection


def sign_history(actor: Any, **why: str) -> None:
    """Say who changes rows in the rest of this transaction, and why, such as request="BG20251120000001"."""
    who = {"actor": actor.pk, "name": actor.display_name} if actor else {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_metadata', %s, true)", [json.dumps(who | why)])
