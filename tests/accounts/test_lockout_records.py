"""The counter of wrong passwords outlives a new login name and a new FIELD_KEY, and can be lifted at the server."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import LoginGuard, User
from accounts.services.lockout import guard_key, locked_guard
from heating.audit.models import Record
from tests.accounts.phones import is_open
from tests.accounts.signing import press_login

PASSWORD = "alice-Pass-1"

pytestmark = pytest.mark.django_db


def lock(name: str) -> None:
    for _ in range(5):
        press_login(Client(), name, "wrong-Pass-9")


def test_a_renamed_user_signs_in(alice: User, client: Client) -> None:
    press_login(client, "alice", PASSWORD)
    assert is_open(client)
    User.objects.filter(pk=alice.pk).update(username="alicia")
    again = Client()
    assert press_login(again, "alicia", PASSWORD).status_code == 302
    assert is_open(again)


def test_a_name_given_to_somebody_else_takes_no_counter_along(alice: User, client: Client) -> None:
    lock("newcomer")  # nobody has the name yet
    assert LoginGuard.objects.filter(key=guard_key("newcomer"), failures=5).exists()
    User.objects.filter(pk=alice.pk).update(username="newcomer")
    press_login(client, "newcomer", PASSWORD)
    assert is_open(client)


def test_a_lock_moves_with_the_user_to_another_name(alice: User, client: Client) -> None:
    lock("alice")
    User.objects.filter(pk=alice.pk).update(username="alicia")
    press_login(client, "alicia", PASSWORD)
    assert not is_open(client)


def test_another_field_key_keeps_sign_in_and_locks(alice: User, client: Client, settings: Any) -> None:
    press_login(client, "alice", PASSWORD)
    settings.FIELD_KEYS = ["another-key-" * 5]
    again = Client()
    assert press_login(again, "alice", PASSWORD).status_code == 302 and is_open(again)
    lock("alice")
    settings.FIELD_KEYS = ["a-third-key-" * 5]
    assert locked_guard("alice", alice, "", timezone.now()).failures == 5


def test_an_open_session_goes_on_while_sign_ins_are_locked(alice: User, client: Client) -> None:
    press_login(client, "alice", PASSWORD)
    lock("alice")
    assert is_open(client)
    stranger = Client()
    press_login(stranger, "alice", PASSWORD)
    assert not is_open(stranger)


def test_the_lock_is_lifted_at_the_server_and_audited(alice: User, client: Client, capsys: Any) -> None:
    lock("alice")
    call_command("unlock", "Alice")
    assert "已解锁 alice" in capsys.readouterr().out
    entry = Record.objects.get(event="user.unlock")
    assert (entry.actor, entry.target_id) == (None, alice.pk)
    press_login(client, "alice", PASSWORD)
    assert is_open(client)
    with pytest.raises(CommandError, match="没有用户 nobody"):
        call_command("unlock", "nobody")


def test_changepassword_unlocks_and_ends_sessions(alice: User, client: Client, monkeypatch: Any) -> None:
    press_login(client, "alice", PASSWORD)
    lock("alice")
    monkeypatch.setattr("getpass.getpass", lambda prompt="": "Brand-new-77")
    call_command("changepassword", "alice")
    assert not is_open(client)
    again = Client()
    press_login(again, "alice", "Brand-new-77")
    assert is_open(again)
    assert Record.objects.filter(event="user.reset_password", actor=None, target_id=alice.pk).exists()


def test_changepassword_keeps_the_rules_of_the_company(alice: User, monkeypatch: Any) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt="": "short")
    with pytest.raises(CommandError, match="密码至少"):
        call_command("changepassword", "alice")
    assert User.objects.get(pk=alice.pk).check_password(PASSWORD)
