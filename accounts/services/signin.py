"""Signing in and out."""

from dataclasses import dataclass
from datetime import datetime

from captcha.models import CaptchaStore
from django.conf import settings
from django.db import OperationalError, connection, transaction

from accounts.models import User
from accounts.services.lockout import check_rate_limit, count_try, device_key, remember_device, try_password
from accounts.services.passwords import demand_new_password_when_old
from accounts.services.two_factor import WRONG_CODE, Half, Stale, half_way, try_code, user_of
from heating.audit.services import record
from heating.kit.errors import Refusal

# One sentence for unknown, wrong, locked and disabled: whoever guesses learns nothing, and the person who is locked
# out reads what happened and whom to ask.
REFUSED = (
    "登录失败：登录名或密码错误，或登录名已被锁定。"
    "连续输错 5 次密码，登录名锁定到次日 00:00 自动解锁，也可请系统管理员解锁。"
)

BUSY = "登录人数较多，请稍候重试"


@dataclass(frozen=True)
class Attempt:
    """What one press of 登录 sends, and from where; `device` is the reference of the browser's cookie, if any."""

    username: str
    password: str
    captcha_key: str
    captcha_answer: str
    address: str
    device: str = ""


def new_captcha() -> str:
    """Make a captcha and return its key; old ones are thrown away."""
    CaptchaStore.remove_expired()
    return CaptchaStore.generate_key()


def use_captcha(key: str, answer: str, *, now: datetime) -> bool:
    """Use up the captcha and say whether the answer was right and in time.

    One DELETE … RETURNING, because the library reads first and deletes afterwards: of many parallel posts with one
    captcha, several would pass.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM captcha_captchastore WHERE hashkey = %s RETURNING response, expiration", [key[:40]])
        row = cursor.fetchone()
    return row is not None and row[1] > now and row[0] == answer.strip().lower()


def sign_in(attempt: Attempt, *, now: datetime) -> User | Half:
    """Return the user who may open a session, or half of that when the code of the second factor is missing.

    In this order: rate limit of the address, captcha (used up), lock, password hash. `RateLimited` when the address
    has failed too often, `Refusal` with one and the same sentence for every other reason than the captcha.
    """
    check_rate_limit(attempt.address, now)
    if not use_captcha(attempt.captcha_key, attempt.captcha_answer, now=now):
        raise Refusal("验证码错误或已过期，请重新输入", field="captcha")
    failure = count_try(attempt.address, now)
    device = _known_as(attempt.device)
    try:
        user = try_password(attempt.username, attempt.password, address=attempt.address, device=device, now=now)
    except OperationalError as busy:
        raise Refusal(BUSY) from busy
    if user is None:
        raise Refusal(REFUSED)
    failure.delete()
    if user.has_second_factor:
        record(None, "login.code_asked", user, note=user.username, address=attempt.address)
        return half_way(user, now=now)
    return _arrive(user, address=attempt.address, device=attempt.device, now=now)


def enter_code(half: Half, code: str, *, address: str, device: str = "", now: datetime) -> User:
    """Return the user who may open a session after the code.

    `RateLimited` as in `sign_in`, `Stale` when the password has to be given again, `Refusal` when the code is wrong.
    """
    failure = count_try(address, now)
    try:
        user = user_of(half, now=now)
        right = try_code(user, code, address=address, device=_known_as(device), now=now, uses=half.uses)
    except Stale:
        failure.delete()
        raise
    except OperationalError as busy:
        raise Refusal(BUSY) from busy
    if not right:
        raise Refusal(WRONG_CODE, field="code")
    failure.delete()
    return _arrive(user, address=address, device=device, now=now)


@transaction.atomic
def _arrive(user: User, *, address: str, device: str, now: datetime) -> User:
    """Note a complete sign-in; nobody has a session that the login log does not know."""
    record(user, "login.ok", user, note=user.username, address=address)
    if settings.LOGIN_KNOWS_DEVICES and device:
        remember_device(user, device, now=now)
    demand_new_password_when_old(user, now=now)
    return user


def _known_as(device: str) -> str:
    return device_key(device) if settings.LOGIN_KNOWS_DEVICES and device else ""


def sign_out(user: User, *, address: str) -> None:
    """Note the end of a session in the login log."""
    record(user, "logout", user, address=address)
