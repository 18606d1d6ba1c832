"""What is noted about the installation: the demonstration's mark and the check value of FIELD_KEY."""

from __future__ import annotations

from heating.kit.encryption import keyed_hash
from heating.models import Installation

KEY_CHECK = "heating.installation"


def note_key() -> None:
    """Keep the check value of FIELD_KEY in a database that has none yet."""
    Installation.objects.get_or_create(pk=1)
    Installation.objects.filter(pk=1, key_check="").update(key_check=keyed_hash(KEY_CHECK, ""))


def renew_key_check() -> None:
    """Keep the check value of the first key, after all was encrypted with it."""
    Installation.objects.filter(pk=1).update(key_check=keyed_hash(KEY_CHECK, ""))


def mark_demo() -> None:
    """Mark this database as the demonstration's; production will refuse it."""
    Installation.objects.update_or_create(pk=1, defaults={"demo": True})
