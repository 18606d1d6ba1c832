"""Passwords: the rules of the company, the change by the person, the reset by the administrator."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.rules import kinds_of_characters
from accounts.services.delegation import audits_escalation, refuse_escalation
from accounts.services.lockout import try_password, unlock
from heating.audit.services import record
from heating.kit.errors import Refusal
from org.parameters import number_parameter

# Without letters that look alike, because it is read out and typed in.
ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def rule(user: User, key: str) -> int:
    """Return a number of the user's company, or its default for somebody without an office."""
    return number_parameter(user.office.company_id if user.office else None, key)


def check_new_password(user: User, password: str) -> None:
    """`Refusal` when `password` breaks a rule of the user's company."""
    length, kinds = rule(user, "密码最短长度"), rule(user, "密码字符种类")
    if len(password) < length:
        raise Refusal(f"密码至少 {length} 位", field="new")
    if kinds_of_characters(password) < kinds:
        raise Refusal(f"密码须包含大写字母、小写字母、数字、符号中的至少 {kinds} 种", field="new")
    if user.username.lower() in password.lower():
        raise Refusal("密码不能包含登录名", field="new")
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError as common:
        raise Refusal("该密码太常见，请换一个", field="new") from common


def change_password(user: User, *, old: str, new: str, address: str, now: datetime) -> User:
    """Let a person choose a new password; all their other sessions end.

    `Refusal` when the old one is wrong: that counts like a wrong password at the sign-in.
    """
    if old == new:
        raise Refusal("新密码不能与原密码相同", field="new")
    check_new_password(user, new)
    if try_password(user.username, old, address=address, now=now) is None:
        raise Refusal("原密码错误", field="old")
    with transaction.atomic():
        fresh = User.objects.select_for_update().get(pk=user.pk)
        _set(fresh, new, must_change=False, now=now)
        record(fresh, "user.change_password", fresh, address=address)
    return fresh


@audits_escalation
def reset_password(pk: int, *, actor: User, now: datetime) -> tuple[User, str]:
    """Give a user a random first password, to be changed at the next sign-in; return it, it is shown once.

    `Refusal` for oneself and for somebody whose roles reach further: whoever resets could sign in as them.
    """
    user = User.objects.visible_to(actor, "accounts.reset_password").locked(pk)
    refuse_escalation(user, actor, "accounts.reset_password")
    password = first_password()
    _set(user, password, must_change=True, now=now)
    record(actor, "user.reset_password", user)
    return user, password


@audits_escalation
def reset_passwords(pks: Iterable[int], *, actor: User, now: datetime) -> list[tuple[User, str]]:
    """Give many users first passwords, all or none; return them, they are shown once."""
    return [reset_password(pk, actor=actor, now=now) for pk in sorted(pks)]


def first_password() -> str:
    """Return a random password of 12 characters with letters and digits and a sign."""
    return "".join(secrets.choice(ALPHABET) for _ in range(11)) + secrets.choice("-+=*#")


def demand_new_password_when_old(user: User, *, now: datetime) -> None:
    """Send the user to the change of password when the company limits its age (parameter 密码有效天数)."""
    days = rule(user, "密码有效天数")
    since = user.password_changed_at or user.created_at
    if days and not user.must_change_password and since < now - timedelta(days=days):
        user.must_change_password = True
        user.save(update_fields=["must_change_password"])


@audits_escalation
def unlock_user(pk: int, *, actor: User | None) -> User:
    """Let a locked user try again before tomorrow.

    Without an actor it is done at the shell of the server, for a sole administrator (docs/operations.md).
    """
    permission = "accounts.unlock_user"
    user = (User.objects.visible_to(actor, permission) if actor else User.objects.all()).locked(pk)
    if actor:
        refuse_escalation(user, actor, permission)
    unlock(user)
    record(actor, "user.unlock", user)
    return user


@transaction.atomic
def set_password_at_server(pk: int, password: str, *, now: datetime) -> User:
    """Set a password at the shell of the server and unlock the user; every session of theirs ends.

    `Refusal` when the password breaks a rule of the user's company.
    """
    user = User.objects.all().locked(pk)
    check_new_password(user, password)
    _set(user, password, must_change=False, now=now)
    unlock(user)
    record(None, "user.reset_password", user, note="在服务器上设置")
    return user


def _set(user: User, password: str, *, must_change: bool, now: datetime) -> None:
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = now
    user.session_epoch += 1
    user.save(update_fields=["password", "must_change_password", "password_changed_at", "session_epoch"])
