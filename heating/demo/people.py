"""Offices, roles and users of the demo."""

from __future__ import annotations

from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import Role, User
from accounts.services.standard import add_standard_roles, standard_role
from heating.demo.accounts import PASSWORD, DemoAccount
from heating.standard_roles import JOBS
from org.models import Office, OfficeKind
from org.services import add_office
from property.models import Community


def add_company(name: str, code: str, sites: tuple[str, ...], departments: tuple[str, ...]) -> dict[str, Office]:
    """Make a company with departments and sites, and return them by name; the company as 总公司."""
    company = _office(None, name, OfficeKind.COMPANY, 1, code)
    offices = {"总公司": company}
    for n, department in enumerate(departments, start=1):
        offices[department] = _office(company, department, OfficeKind.DEPARTMENT, 2, f"{code}B{n}")
    for n, site in enumerate(sites, start=1):
        offices[site] = _office(company, site, OfficeKind.SITE, 2, f"{code}{n:02d}")
        offices[f"{site}收费组"] = _office(offices[site], "收费组", OfficeKind.DEPARTMENT, 3, f"{code}{n:02d}G")
    return offices


def _office(parent: Office | None, name: str, kind: OfficeKind, level: int, code: str) -> Office:
    data = {"parent": parent, "name": name, "kind": kind, "level": level, "code": code}
    return add_office(data, actor=None)


def give_roles(company: Office) -> dict[str, Role]:
    """Make the standard roles of a company and return them by job."""
    add_standard_roles(company, actor=None)
    return {job: standard_role(company, job) for job in JOBS}


def add_users(accounts: tuple[DemoAccount, ...], offices: dict[str, Office], roles: dict[str, Role]) -> dict[str, User]:
    """Make the users, each with the role of the job; they sign in straight away."""
    users = {}
    for account in accounts:
        user = User(
            username=account.username,
            name=account.name,
            office=offices[account.office],
            is_demo=True,
            is_staff=account.job == "SA",
            must_change_password=False,
            password_changed_at=timezone.now(),
        )
        user.set_password(PASSWORD)
        user.save()
        user.groups.set([roles[account.job]])
        users[account.username] = user
    return users


def give_jurisdiction(user: User, community: Community) -> None:
    """Put a community into the user's 辖区."""
    assign_perm("property.oversee_community", user, community)
