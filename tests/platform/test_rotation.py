"""FIELD_KEY is rotated by a command, and nothing that was written before is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Authenticator
from heating.audit.models import Record
from heating.checks import right_database
from heating.kit.encryption import decrypt, encrypt, fingerprint, fingerprints
from heating.services import note_key
from property.models import Owner
from property.services.owners import sealed
from tests import build

pytestmark = pytest.mark.django_db
OLD, NEW = "the-old-key-" * 4, "the-new-key-" * 4
CARD = "11010519491231002X"


@pytest.fixture
def owner(settings: Any) -> Owner:
    settings.FIELD_KEYS = [OLD]
    note_key()
    company = build.company()
    made = build.owner(company, "张三", **sealed("身份证", CARD))
    Authenticator.objects.create(user=build.cashier(build.site(company)), key=encrypt("JBSWY3DPEHPK3PXP"))
    return made


def test_rotation_encrypts_everything_with_the_new_key(owner: Owner, settings: Any, capsys: Any) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    assert owner.id_hash in fingerprints(CARD)  # found before the rotation as well
    call_command("rotate_field_key")
    assert "业主 1" in capsys.readouterr().out
    settings.FIELD_KEYS = [NEW]
    owner.refresh_from_db()
    assert decrypt(owner.id_cipher) == CARD and owner.id_hash == fingerprint(CARD)
    assert decrypt(Authenticator.objects.get().key) == "JBSWY3DPEHPK3PXP"
    assert right_database(databases=["default"]) == []
    assert Record.objects.filter(event="system.rotate_key", actor=None).exists()
    settings.FIELD_KEYS = [OLD]
    assert [problem.id for problem in right_database(databases=["default"])] == ["heating.E005"]


def test_rotation_needs_both_keys_and_may_be_repeated(owner: Owner, settings: Any) -> None:
    with pytest.raises(CommandError, match="只有一个密钥"):
        call_command("rotate_field_key")
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(CommandError, match="与数据库不符"):
        call_command("rotate_field_key")
    settings.FIELD_KEYS = [NEW, OLD]
    call_command("rotate_field_key")
    call_command("rotate_field_key")
    owner.refresh_from_db()
    assert decrypt(owner.id_cipher) == CARD
