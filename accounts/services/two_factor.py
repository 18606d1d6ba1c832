"""The second factor: codes of the phone and recovery codes; set up by the person, taken off by or for them."""

import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.models import Authenticator, RecoveryCode, User
from accounts.rules import DIGITS, HALF_LIFE, RECOVERY_ALPHABET, RECOVERY_CODES
from accounts.services.delegation import audits_escalation, refuse_escalation
from accounts.services.lockout import count_wrong, locked_guard, reset, try_password
from heating.audit.services import record
from heating.kit.encryption import decrypt, encrypt, fingerprint, fingerprints
from heating.kit.errors import Refusal

LOCKS = "错误，或已使用过。连续输错 5 次（与密码合计），登录名锁定到次日 00:00，也可请系统管理员解锁。"
WRONG_CODE, WRONG_PHONE_CODE = f"动态码或恢复码{LOCKS}", f"动态码{LOCKS}"


class Stale(Refusal):
    """The right password was too long ago, or was used up, or the user has changed since: begin again."""


@dataclass(frozen=True)
class Half:
    """What a right password is worth while the code is missing: nothing but the question for it, once, for minutes."""

    user_id: int
    session_hash: str
    uses: int
    until: float


def half_way(user: User, *, now: datetime) -> Half:
    """Return what the browser's session keeps until the code comes."""
    until = (now + HALF_LIFE).timestamp()
    return Half(user.pk, user.get_session_auth_hash(), user.authenticator.uses, until)


def user_of(half: Half, *, now: datetime) -> User:
    """Return whose password was right; `Stale` when that no longer counts."""
    user = User.objects.select_related("office__company", "authenticator").filter(pk=half.user_id).first()
    same = user is not None and constant_time_compare(half.session_hash, user.get_session_auth_hash())
    if not same or not user.may_sign_in or now.timestamp() >= half.until:
        raise Stale("登录已超时，请重新输入密码")
    return user


@transaction.atomic
def try_code(user: User, code: str, *, address: str, device: str = "", now: datetime, uses: int | None = None) -> bool:
    """Check and use up one code, under the locks of the login name's counter and of the device.

    A wrong code counts like a wrong password. `Stale` when the name is locked, the device gone, or, with `uses`, a
    code was taken since the password: of two posts with one code or one password, one passes.
    """
    guard = locked_guard(user.username, user, device, now)
    phone = Authenticator.objects.select_for_update().filter(user=user).first()
    if guard.locked(now) or phone is None or uses not in (None, phone.uses):
        raise Stale("登录已失效，请重新输入密码；登录名如已锁定，次日 00:00 自动解锁，也可请系统管理员解锁")
    right = phone.verify_token(code, now) if len(code) == DIGITS else _use_recovery_code(user, code)
    if right:
        phone.uses += 1
        phone.save(update_fields=["uses"])
        reset(guard)
    else:
        count_wrong(guard, user, "login.code_wrong", name=user.username, address=address, now=now)
    return right


def new_key() -> str:
    """Return a random key of 160 bits in base32, as an app on a phone takes it."""
    return b32encode(secrets.token_bytes(20)).decode()


def set_up(user: User, *, key: str, password: str, code: str, address: str, now: datetime) -> tuple[User, list[str]]:
    """Ask `user` for a code at every sign-in from now on; return user and recovery codes, shown once.

    The first code shows that the phone has the key. All their other sessions end.
    """
    if user.has_second_factor:
        raise Refusal("动态口令登录已经启用")
    _ask_password(user, password, address=address, now=now)
    with transaction.atomic():
        fresh = User.objects.select_for_update().get(pk=user.pk)
        if Authenticator.objects.filter(user=fresh).exists():
            raise Refusal("动态口令登录已经启用")
        phone = Authenticator.objects.create(user=fresh, key=encrypt(key))
        if len(code) != DIGITS or not phone.verify_token(code, now):
            raise Refusal("动态码不对：请用刚扫描的账号，并核对手机的时间", field="code")
        codes = _fresh_codes(fresh)
        _end_sessions(fresh)
        record(fresh, "user.second_factor_on", fresh, address=address)
    return fresh, codes


def renew_codes(user: User, *, code: str, address: str, now: datetime) -> list[str]:
    """重新生成恢复码 against the phone's current code: the old ones end; the new ones are returned, shown once.

    A recovery code is not enough: a found sheet of paper would otherwise renew itself.
    """
    if len(code) != DIGITS or not try_code(user, code, address=address, now=now):
        raise Refusal(WRONG_PHONE_CODE, field="code")
    with transaction.atomic():
        fresh = User.objects.select_for_update().get(pk=user.pk)
        if not Authenticator.objects.filter(user=fresh).exists():
            raise Refusal("动态口令登录已经关闭")
        codes = _fresh_codes(fresh)
        record(fresh, "user.recovery_codes", fresh, address=address)
    return codes


def switch_off(user: User, *, password: str, code: str, address: str, now: datetime) -> User:
    """Take the second factor off again, against password and code; every other session ends."""
    _ask_password(user, password, address=address, now=now)
    if not try_code(user, code, address=address, now=now):
        raise Refusal(WRONG_CODE, field="code")
    with transaction.atomic():
        fresh = User.objects.select_for_update().get(pk=user.pk)
        _take_off(fresh)
        record(fresh, "user.second_factor_off", fresh, address=address)
    return fresh


@audits_escalation
def release_user(pk: int, *, actor: User | None) -> User:
    """解除动态口令: let somebody whose phone is lost sign in by password alone; their sessions end.

    `Refusal` for oneself and for somebody whose roles reach further. Without an actor it is done at the shell of the
    server, for the last administrator (docs/operations.md).
    """
    permission = "accounts.release_user"
    user = (User.objects.visible_to(actor, permission) if actor else User.objects.all()).locked(pk)
    if actor:
        refuse_escalation(user, actor, permission)
    if not _take_off(user):
        raise Refusal("该用户没有启用动态口令登录")
    record(actor, "user.second_factor_release", user)
    return user


@transaction.atomic
def rotate_phone_keys() -> int:
    """Encrypt the keys of all phones with the first key of FIELD_KEY; return how many."""
    phones = list(Authenticator.objects.select_for_update().order_by("pk"))
    for phone in phones:
        phone.key = encrypt(decrypt(phone.key))
        phone.save(update_fields=["key"])
    return len(phones)


def _ask_password(user: User, password: str, *, address: str, now: datetime) -> None:
    if try_password(user.username, password, address=address, now=now) is None:
        raise Refusal("密码错误", field="password")


def _fresh_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=fingerprint(_named(user, code))) for code in codes)
    return codes


def _take_off(user: User) -> bool:
    RecoveryCode.objects.filter(user=user).delete()
    taken, _ = Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)
    return bool(taken)


def _end_sessions(user: User) -> None:
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])


def _named(user: User, code: str) -> str:
    return f"recovery code {user.pk} {code}"


def _use_recovery_code(user: User, code: str) -> bool:
    deleted, _ = RecoveryCode.objects.filter(user=user, digest__in=fingerprints(_named(user, code))).delete()
    return bool(deleted)
