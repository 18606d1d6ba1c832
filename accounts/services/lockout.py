"""The counter of wrong passwords per login name, the rate limit per address, and the queue for password hashes.

Not django-axes: it counts after the fact without a lock (parallel tries slip through), and keeps its records by the
name as typed, so that a lock tells which names exist.
"""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import verify_password
from django.db import connection, transaction
from django.db.models import Q

from accounts.models import Device, LoginFailure, LoginGuard, User
from accounts.rules import DEVICE_LIFE, FAILURE_LIMIT, FAILURE_WINDOW, MAX_WRONG, address_key, login_key, next_midnight
from heating.audit.services import record
from heating.kit.encryption import keyed_hash
from heating.kit.errors import Refusal

HASHES_AT_A_TIME = 4
# First halves of the two-part advisory locks; any numbers that nothing else in the product uses.
HASH_SLOTS, RATE_LOCKS = 7_001, 7_002


class RateLimited(Refusal):
    """Too many wrong passwords from one address; the page answers 429."""


def guard_key(name: str, device: str = "") -> str:
    """Return the key of the counter of a name that nobody has, or of a known device."""
    return keyed_hash("accounts.guard", f"{login_key(name)}\n{device}")


def check_rate_limit(address: str, now: datetime) -> None:
    """Refuse an address with 20 wrong passwords in 10 minutes; `RateLimited`."""
    recent = LoginFailure.objects.filter(address=address_key(address), at__gt=now - FAILURE_WINDOW)
    if recent.count() >= FAILURE_LIMIT:
        raise RateLimited("该地址登录失败次数过多，请 10 分钟后再试")


def count_try(address: str, now: datetime) -> LoginFailure:
    """Write a failure of the address before the password is looked at; a right password takes it back.

    Under a lock, so that parallel posts cannot slip past the limit; `RateLimited` beyond it.
    """
    key = address_key(address)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [RATE_LOCKS, key])
        check_rate_limit(address, now)
        LoginFailure.objects.filter(at__lte=now - FAILURE_WINDOW).delete()
        return LoginFailure.objects.create(address=key, at=now)


@transaction.atomic
def try_password(name: str, password: str, *, address: str, device: str = "", now: datetime) -> User | None:
    """Check one password under the lock of its login name; return the user only when allowed to sign in.

    One hash is computed whatever the case, so that unknown, locked and wrong answer alike in time. The fifth wrong
    one in a row locks the name until 00:00 tomorrow.
    """
    user = User.objects.select_related("office__company").by_login(name)
    guard = locked_guard(name, user, device, now)
    open_ = user is not None and user.may_sign_in and not guard.locked(now)
    _wait_for_hash_slot()
    right, outdated = verify_password(password, user.password if open_ else "!")
    if not right:
        closed = guard.locked(now) or (user is not None and not user.may_sign_in)
        event = "login.refused" if closed else "login.wrong"
        count_wrong(guard, user, event, name=name, address=address, now=now)
        return None
    if outdated:
        user.set_password(password)
        user.save(update_fields=["password"])
    if not user.has_second_factor:  # else whoever knows the password could try codes without end
        reset(guard)
    return user


def locked_guard(name: str, user: User | None, device: str, now: datetime) -> LoginGuard:
    """Return the counter of a login name under a lock; a known device has one of its own.

    A user's counter is found by the user: it stays theirs when the login name or FIELD_KEY changes.
    """
    known = device and user is not None and _knows(user, device, now)
    owner = None if known else user
    key = keyed_hash("accounts.guard.user", str(owner.pk)) if owner else guard_key(name, device if known else "")
    LoginGuard.objects.bulk_create([LoginGuard(key=key, user=owner)], ignore_conflicts=True)
    # One statement for every case, so that its time tells nothing.
    return LoginGuard.objects.select_for_update().get(Q(key=key) | Q(user_id=owner.pk if owner else 0))


def unlock(user: User) -> None:
    """Forget the wrong passwords and codes of a user."""
    LoginGuard.objects.filter(user=user).update(failures=0, locked_until=None)


def reset(guard: LoginGuard) -> None:
    """Start the count anew after a complete sign-in."""
    guard.failures, guard.locked_until = 0, None
    guard.save()


def count_wrong(guard: LoginGuard, user: User | None, event: str, *, name: str, address: str, now: datetime) -> None:
    """Count one wrong password or code and write the login log; the fifth in a row locks.

    A name that nobody has is not logged in full: it may be a password typed in the wrong box.
    """
    free = not guard.locked(now)
    if free:
        # A lock that has run out starts a new count.
        guard.failures = 1 if guard.locked_until else guard.failures + 1
        guard.locked_until = next_midnight(now) if guard.failures >= MAX_WRONG else None
    guard.save()
    shown = user.username if user else f"{name[:2]}***"
    office_id = user.office_id if user else None
    record(None, event, user, note=shown, office_id=office_id, address=address)
    until = guard.locked_until
    if free and event != "login.refused" and guard.failures == MAX_WRONG and until is not None:
        record(
            None,
            "login.lock",
            user,
            after={"until": until.isoformat()},
            note=shown,
            office_id=office_id,
            address=address,
        )


def _wait_for_hash_slot() -> None:
    """Hold one of four places until the transaction ends: many sign-ins at once must not slow the tills down."""
    slots = range(HASHES_AT_A_TIME)
    with connection.cursor() as cursor:
        for slot in slots:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [HASH_SLOTS, slot])
            if cursor.fetchone()[0]:
                return
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [HASH_SLOTS, secrets.choice(slots)])


def device_key(reference: str) -> str:
    """Return what is stored of a device's cookie."""
    return keyed_hash("accounts.device", reference)


def _knows(user: User, device: str, now: datetime) -> bool:
    return Device.objects.filter(user=user, key=device, seen_at__gt=now - DEVICE_LIFE).exists()


def remember_device(user: User, reference: str, *, now: datetime) -> None:
    """Note that the browser with this cookie completed a sign-in of `user`."""
    Device.objects.update_or_create(user=user, key=device_key(reference), defaults={"seen_at": now})
