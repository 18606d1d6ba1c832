"""The only writers of offices."""

from typing import Any

from django.db import transaction

from heating.audit.services import record
from heating.kit.errors import Refusal
from org.models import Office, OfficeKind


def _place(office: Office) -> None:
    """Set path and company from the parent; the office must have its id."""
    office.path = (office.parent.path if office.parent else "/") + f"{office.pk}/"
    office.company_id = office.pk if office.kind == OfficeKind.COMPANY else office.parent.company_id


@transaction.atomic
def add_office(data: dict[str, Any], *, actor: Any) -> Office:
    """Create an office under its parent; `Refusal` when the tree would not allow it (manual §2.2)."""
    office = Office(**data)
    if office.parent is None and office.kind != OfficeKind.COMPANY:
        raise Refusal("没有上级的机构必须是公司", field="kind")
    if office.parent is not None and office.kind == OfficeKind.COMPANY and office.parent.kind != OfficeKind.COMPANY:
        raise Refusal("公司只能建在公司之下", field="kind")
    office.save()
    _place(office)
    if not office.code:
        office.code = f"{office.pk:04d}"
    office.save(update_fields=["path", "company", "code"])
    record(actor, "office.add", office, after={**data, "parent": str(office.parent or "")}, office_id=office.pk)
    return office
