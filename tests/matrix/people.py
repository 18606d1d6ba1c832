"""Who walks through the matrix, and what each may see (docs/roles.md), told without asking `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from guardian.shortcuts import assign_perm

from accounts.models import DataScope, Role, User
from accounts.registry import StandardRole
from billing.models import Excess, Order, Prepayment
from heating.imports.models import Batch
from heating.jobs.models import Job
from heating.standard_roles import JOBS
from org.models import DictEntry, Office
from payments.models import Payment, Receipt
from property.models import Attachment, Building, ChangeRequest, Community, Owner, Room, Unit
from tests import build
from tests.matrix.world import BESIDE, OWN, POSITIONS, SISTER, World

PLACED = (
    Community,
    Building,
    Unit,
    Room,
    Owner,
    Order,
    Prepayment,
    Payment,
    Receipt,
    ChangeRequest,
    Attachment,
    Excess,
)
# Rows of the position OWN that the cashier alice made in person.
MADE_BY_ALICE = (Payment, Receipt, ChangeRequest, Attachment, Batch)
AT_COMPANY = ("SA", "EA", "AP", "FI")
NAMES = ("nobody", *JOBS, "AU", "TWO")


@dataclass
class Principal:
    """A person with (permissions, data scope, chosen positions) for each data scope of their roles."""

    name: str
    user: User
    parts: list[tuple[frozenset[str], str, frozenset[str]]]

    def holds(self, permission: str) -> bool:
        return not permission or any(permission in permissions for permissions, _scope, _chosen in self.parts)

    def sees(self, permission: str, model: Any) -> frozenset[str]:
        """Return the positions whose row of `model` they reach with `permission`."""
        if model is DictEntry:
            return frozenset({OWN}) if self.holds(permission) else frozenset()
        found: frozenset[str] = frozenset()
        if model is Job:
            # One's own work needs no permission; that of others does.
            permission = permission or "jobs.view_all_job"
            found = frozenset({OWN}) if self.name == "CA" else frozenset()
        for permissions, scope, chosen in self.parts:
            if permission in permissions:
                found |= self._reach(scope, chosen, model)
        return found

    def sees_any(self, permissions: Iterable[str]) -> frozenset[str]:
        """Return the positions of which they may read anything with any of `permissions`."""
        return frozenset().union(*(self.sees(name, Room) | self.sees(name, Payment) for name in permissions))

    def _reach(self, scope: str, chosen: frozenset[str], model: Any) -> frozenset[str]:
        company = frozenset({OWN, BESIDE, SISTER})
        at_company = self.name in AT_COMPANY
        match scope:
            case DataScope.ALL:
                return frozenset(POSITIONS)
            case DataScope.COMPANY_BELOW | DataScope.COMPANY:
                return company
            case DataScope.OFFICE_BELOW:
                return company if at_company else company - {SISTER}
            case DataScope.OFFICE:
                # The crew is an office of its own below the site.
                return frozenset({OWN}) if model is Office else company - {SISTER}
            case DataScope.JURISDICTION:
                return frozenset({OWN}) if model in PLACED else frozenset()
            case DataScope.OWN:
                return frozenset({OWN}) if self.name == "CA" and model in MADE_BY_ALICE else frozenset()
        return chosen


def standard(world: World, job: StandardRole) -> tuple[list[Role], list[Any]]:
    """Return the role of a job and what the oracle knows of it, by data scope."""
    role = build.role(world.company, *job.own, scope=job.scope, others=job.others)
    parts = {job.scope: job.own, **job.others}
    return [role], [(frozenset(names), scope, frozenset()) for scope, names in parts.items()]


def principal(name: str, world: World) -> Principal:
    """Make one of `NAMES`; the cashier is alice, who made the payment of the position OWN."""
    if name in JOBS:
        roles, parts = standard(world, JOBS[name])
    elif name == "nobody":
        roles, parts = [], []
    else:
        roles, parts = by_hand(name, world)
    office = world.company if name in AT_COMPANY else world.site
    user = world.spots[OWN].clerk if name == "CA" else build.user(f"p_{name.lower()}", office, name=f"某{name}")
    user.groups.set(roles)
    if any(scope == DataScope.JURISDICTION for _permissions, scope, _chosen in parts):
        assign_perm("property.oversee_community", user, world.spots[OWN].rows[Community])
    return Principal(name, User.objects.get(pk=user.pk), parts)


def by_hand(name: str, world: World) -> tuple[list[Role], list[Any]]:
    """An auditor who reads everything of the sister site, and a person with two roles that add up by permission."""
    west = world.spots[SISTER].office
    admin = JOBS["EA"].permissions
    reading = tuple(name for name in admin if ".view_" in name and name != "property.view_sensitive")
    wanted = {
        "AU": [(reading, DataScope.CHOSEN)],
        "TWO": [
            (
                ("billing.view_order", "property.view_room", "payments.view_payment", "org.view_office"),
                DataScope.OFFICE,
            ),
            (("property.view_room", "property.view_owner", "reports.view_statement"), DataScope.CHOSEN),
        ],
    }[name]
    roles, parts = [], []
    for permissions, scope in wanted:
        made = build.role(world.company, *permissions, scope=scope)
        chosen = frozenset({SISTER}) if scope == DataScope.CHOSEN else frozenset()
        made.offices.set([west] if chosen else [])
        roles.append(made)
        parts.append((frozenset(permissions), scope, chosen))
    return roles, parts
