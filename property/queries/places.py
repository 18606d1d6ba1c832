"""Where somebody may add a 小区, how many rows stand below a place, and 缴费账号 that rooms have given up."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import DataScope, User
from org.models import Office
from property.models import Room

ADD = "property.add_community"


def offices_to_build_in(user: User) -> Any:
    """Return the offices in the scope of adding 小区, and for whoever has a 辖区 instead of offices their own.

    物业管理员 add 小区 too, and a 辖区 holds no office.
    """
    condition = Q(pk__in=Office.objects.visible_to(user, ADD).order_by().values("pk"))
    if any(role.scope_of(ADD) == DataScope.JURISDICTION for role, held in user.active_roles if ADD in held):
        condition |= Q(pk=user.office_id)
    return Office.objects.filter(condition, active=True)


def counted(model: Any, link: str) -> Any:
    """Return a sub-query that counts the rows of `model` by their link to the outer row."""
    rows = model.objects.filter(**{link: OuterRef("pk")}).order_by().values(link)
    return Coalesce(Subquery(rows.annotate(n=Count("*")).values("n")), 0)


def given_up(company_id: int, accounts: Collection[str], *, room: Room | None = None) -> set[str]:
    """Return those of the accounts that stood on a room before; what `room` itself had is free for it.

    They are never reused, because banks and payers still hold the number.
    A room that is taken back with its untouched import frees its account: nobody has seen it.
    """
    remembered: Any = apps.get_model("property", "RoomRemembered")
    old = remembered.objects.filter(pgh_label="change", company_id=company_id, account_no__in=list(accounts))
    if room is not None:
        old = old.exclude(pgh_obj_id=room.pk)
    return set(old.order_by().values_list("account_no", flat=True))
