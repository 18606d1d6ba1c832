"""业主: adding takes effect at once; changing is a request (manual §2.3)."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from accounts.models import User
from heating.audit.services import record
from heating.kit.errors import Refusal
from org.models import Office
from property.models import Owner


def owner_number() -> str:
    """Take the next 业主编号, never reused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('property_owner_number')")
        return f"Y{cursor.fetchone()[0]:08d}"


def home_office(actor: User) -> Office:
    """Return the office that what `actor` adds belongs to; `Refusal` for a user without one."""
    if actor.office is None:
        raise Refusal("您的账号没有所属机构，不能新增")
    return actor.office


@transaction.atomic
def add_owner(data: dict[str, Any], *, actor: User) -> Owner:
    """Add an owner to the actor's office; `Refusal` when the same name and phone stand already in the company."""
    office = home_office(actor)
    same = Owner.objects.filter(company_id=office.company_id, name=data["name"], phone=data["phone"]).first()
    if same:
        raise Refusal(f"已有同名同电话的业主（编号 {same.number}）", field="phone")
    owner = Owner.objects.create(
        company_id=office.company_id, office=office, number=owner_number(), created_by=actor, **data
    )
    record(actor, "owner.add", owner, after={"number": owner.number, "kind": owner.kind, "relief": owner.relief})
    return owner
