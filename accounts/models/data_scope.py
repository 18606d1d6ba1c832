"""How far a data scope reaches: offices of the tree, and the places that guardian grants."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from guardian.models import GroupObjectPermission, UserObjectPermission

from heating.kit.scope import Scope
from org.models import Office

# The only object permissions of the product; the models of the places stand further right.
OVERSEE = {"community": "property.oversee_community", "building": "property.oversee_building"}


class DataScope(models.TextChoices):
    """The eight data scopes (docs/roles.md)."""

    ALL = "all", "全部数据"
    COMPANY_BELOW = "company_below", "所在公司及以下数据"
    COMPANY = "company", "所在公司数据"
    OFFICE_BELOW = "office_below", "所在部门及以下数据"
    OFFICE = "office", "所在部门数据"
    OWN = "own", "仅本人数据"
    JURISDICTION = "jurisdiction", "辖区数据"
    CHOSEN = "chosen", "按明细设置"


def offices_reached(scope: str, home: Office | None) -> frozenset[int]:
    """Return the offices that a scope by office reaches for somebody of `home`; none for the other scopes."""
    if home is None:
        return frozenset()
    rows = Office.objects.all()
    if scope == DataScope.OFFICE:
        rows = rows.filter(pk=home.pk)
    elif scope == DataScope.OFFICE_BELOW:
        rows = rows.below(home)
    elif scope == DataScope.COMPANY:
        rows = rows.filter(company=home.company)
    elif scope == DataScope.COMPANY_BELOW:
        rows = rows.below(home.company)
    else:
        return frozenset()
    return frozenset(rows.order_by().aggregate(ids=ArrayAgg("pk", default=[]))["ids"])


def places_of_users(users: Iterable[int]) -> Scope:
    """Return the communities and buildings granted to these users themselves."""
    return _places(UserObjectPermission.objects.filter(user__in=users))


def places_of_role(role: int | None) -> Scope:
    """Return the communities and buildings granted to a role."""
    return _places(GroupObjectPermission.objects.filter(group=role))


def _places(grants: models.QuerySet) -> Scope:
    ids: dict[str, set[int]] = {permission: set() for permission in OVERSEE.values()}
    wanted = [permission.split(".")[1] for permission in ids]
    rows = grants.filter(permission__content_type__app_label="property", permission__codename__in=wanted)
    for codename, pk in rows.values_list("permission__codename", "object_pk"):
        ids[f"property.{codename}"].add(int(pk))
    return Scope(communities=frozenset(ids[OVERSEE["community"]]), buildings=frozenset(ids[OVERSEE["building"]]))
