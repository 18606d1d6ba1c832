"""Many users at once: what an Excel import adds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.models import Role, User
from accounts.services.delegation import audits_escalation, check_user
from heating.audit.services import record
from heating.kit.errors import Refusal
from org.models import Office
from org.services import use_office

PERMISSION = "accounts.add_user"


@dataclass(frozen=True)
class NewUser:
    """One new user: where, who, and with which roles."""

    office: Office
    username: str
    name: str
    phone: str
    roles: tuple[Role, ...]

    @property
    def place(self) -> tuple[int, tuple[int, ...]]:
        """What decides whether an actor may add this user."""
        return self.office.pk, tuple(role.pk for role in self.roles)


def check_new_user(new_user: NewUser, *, actor: Any) -> None:
    """`Refusal` when the actor could not add this user singly either; the system itself (None) may."""
    if actor is not None:
        check_user(User(office=new_user.office), new_user.roles, actor, PERMISSION)


@audits_escalation
def add_users(new_users: Iterable[NewUser], *, actor: Any, now: datetime) -> list[User]:
    """Add users who have no password yet: an administrator makes each a first one and hands it over."""
    listed = list(new_users)
    for new_user in {new_user.place: new_user for new_user in listed}.values():
        check_new_user(new_user, actor=actor)
    for office in sorted({new_user.office.pk for new_user in listed}):
        use_office(office)
    fresh = [
        User(
            office=a.office,
            username=a.username,
            name=a.name,
            phone=a.phone,
            password=make_password(None),
            must_change_password=True,
            password_changed_at=now,
        )
        for a in listed
    ]
    try:
        with transaction.atomic():
            made = User.objects.bulk_create(fresh)
    except IntegrityError as error:
        raise Refusal("有登录名刚刚变为不可用，请重新检查文件") from error
    held: Any = User.groups.through
    pairs = [(user, role) for user, a in zip(made, listed, strict=True) for role in a.roles]
    held.objects.bulk_create(held(user=user, group_id=role.pk) for user, role in pairs)
    for user, a in zip(made, listed, strict=True):
        record(actor, "user.add", user, after={"username": user.username, "roles": [str(role) for role in a.roles]})
    return made
