"""What the sign-in remembers: wrong passwords per name and address, devices that signed in before, second factors.

None of these tables belongs to an office: they are read and written by `accounts.services.signin` alone.
"""

from base64 import b32decode
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django_otp.models import Device as OtpDevice
from django_otp.oath import TOTP

from heating.kit.encryption import decrypt


class LoginGuard(models.Model):
    """The counter of consecutive wrong passwords of one login name, whether a user has it or not.

    `key` is an HMAC of the lower-cased name, so the table does not tell which names were tried. `user` is set, and the
    row found by it, when the name is somebody's; a name that nobody has gets the same counter, so nothing shows who
    exists.
    """

    key = models.CharField(max_length=64, unique=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="guard")
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录锁定"
        default_permissions = ()

    def __str__(self) -> str:
        return self.key[:8]

    def locked(self, now: datetime) -> bool:
        """Say whether the name is locked at `now`."""
        return self.locked_until is not None and self.locked_until > now


class LoginFailure(models.Model):
    """One refused password from one address (an IPv4 address or an IPv6 /64), kept for ten minutes."""

    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "登录失败"
        default_permissions = ()
        indexes = [models.Index(fields=["address", "at"], name="failure_by_address"), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%H:%M}"


class Device(models.Model):
    """A browser that completed a sign-in of `user` before; `key` is the hash of the reference in its cookie."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    key = models.CharField(max_length=64)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "登录过的设备"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="device_once_per_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key[:8]}"


class Authenticator(OtpDevice):
    """The second factor of a user: a TOTP device of django-otp, the key that the phone shares with us.

    The library's own TOTP device would keep the key in clear text, show it in the back office, and count wrong codes
    by itself, while ours are counted together with the passwords. `last_t` is the time step of the last code, so that
    none is taken twice; `uses` counts every code taken, so that one right password is worth one code.
    """

    name = None
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="authenticator")
    key = models.CharField(max_length=100, editable=False)
    last_t = models.BigIntegerField(default=-1, editable=False)
    uses = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "动态口令设备"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id}"

    def verify_token(self, token: str, now: datetime | None = None) -> bool:
        """Take a code of six digits of this half minute, the one before or the one after, and use it up."""
        totp = TOTP(b32decode(decrypt(self.key)))
        totp.time = (now or timezone.now()).timestamp()
        if not totp.verify(int(token), tolerance=1, min_t=self.last_t + 1):
            return False
        self.last_t = totp.t()
        self.save(update_fields=["last_t"])
        return True


class RecoveryCode(models.Model):
    """One of the codes that stand in for a lost phone, kept hashed and deleted when used."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "恢复码"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once_per_user")]

    def __str__(self) -> str:
        return f"{self.user_id}"
