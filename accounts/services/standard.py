"""The standard roles as rows of a company, and the first company of an empty system."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.models import DataScope, Role, User
from accounts.registry import STANDARD_ROLES, StandardRole
from accounts.services.delegation import audits_escalation, check_role, permission_name
from accounts.services.passwords import first_password
from heating.audit.services import record
from heating.kit.errors import Refusal
from org.models import Office, OfficeKind
from org.services import add_office

ADD = "accounts.add_role"


@audits_escalation
def add_standard_roles(company: Office, *, actor: User | None) -> list[Role]:
    """Make the standard roles that a company has not got yet, by title, and return the new ones.

    A role with 全部数据 comes only from the system itself (`actor` None): one company is not master of all.
    """
    if actor is not None:
        company = Office.objects.visible_to(actor, ADD).locked(company.pk)
    titles = set(Role.objects.filter(office=company).values_list("title", flat=True))
    made = []
    for job in STANDARD_ROLES.values():
        if job.title not in titles and (actor is None or DataScope.ALL not in job.scopes):
            made.append(_make(job, company, actor))
    return made


def _make(job: StandardRole, company: Office, actor: User | None) -> Role:
    role = Role(name=f"role:{uuid.uuid4().hex}", title=job.title, office=company, kind=job.kind, scope=job.scope)
    role.other_scopes = {scope: sorted(names) for scope, names in job.others.items()}
    role.save()
    every = Permission.objects.filter(content_type__app_label__in={name.split(".")[0] for name in job.permissions})
    role.permissions.set(p for p in every.select_related("content_type") if permission_name(p) in job.permissions)
    if actor is not None:
        check_role(role, actor, ADD)
    record(actor, "role.add", role, after={"title": role.title, "scope": role.scope}, note="标准角色")
    return role


def standard_role(company: Office, job: str) -> Role:
    """Return the role of a company for one of the nine jobs ("SA", "EA", …)."""
    found: Role = Role.objects.get(office=company, title=STANDARD_ROLES[job].title)
    return found


@transaction.atomic
def found(name: str, username: str, *, now: datetime) -> tuple[User, str]:
    """Make the first company of an empty system, its standard roles and its 系统管理员; return user and password.

    `Refusal` when there is a company already: from then on the pages do it.
    """
    if Office.objects.exists() or User.objects.exists():
        raise Refusal("系统中已有机构或用户；请由系统管理员在“机构管理”中新增公司")
    company = add_office({"parent": None, "name": name, "kind": OfficeKind.COMPANY, "level": 1}, actor=None)
    add_standard_roles(company, actor=None)
    admin = User(username=username, name="系统管理员", office=company, is_staff=True, password_changed_at=now)
    password = first_password()
    admin.set_password(password)
    admin.save()
    admin.groups.set([standard_role(company, "SA")])
    record(None, "user.add", admin, after={"username": username, "roles": ["系统管理员"]})
    return admin, password
