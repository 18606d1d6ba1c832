"""What the sign-in remembers: wrong passwords per login name and per address, and devices that signed in before.

None of these tables belongs to an office: they are read and written by `accounts.services.signin` alone.
"""

from datetime import datetime

from django.conf import settings
from django.db import models


class LoginGuard(models.Model):
    """The counter of consecutive wrong passwords of one login name, whether a user has it or not.

    `key` is an HMAC of the lower-cased name, so the table does not tell which names were tried. `user` is set when
    the name is somebody's; a name that nobody has gets the same counter, so nothing shows who exists.
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
