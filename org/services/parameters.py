"""The only writer of parameters."""

from typing import Any

from django.db import transaction

from heating.audit.services import record
from heating.kit.errors import Refusal
from org.models import Office, Parameter
from org.parameters import KEYS


@transaction.atomic
def set_parameter(company_id: int, key: str, value: str, *, actor: Any) -> Parameter:
    """Set one parameter of a company; `Refusal` when the text is none that the key takes."""
    company = Office.objects.visible_to(actor, "org.change_parameter").companies().locked(company_id)
    if key not in KEYS:
        raise Refusal("没有这个参数")
    try:
        KEYS[key].read(value)
    except Refusal as refusal:
        raise Refusal(refusal.sentence, field="value") from refusal
    row = Parameter.objects.filter(company=company, key=key).first() or Parameter(company=company, key=key)
    before = row.value if row.pk else KEYS[key].default
    row.value = value
    row.save()
    if before != value:
        record(actor, "parameter.set", row, before=before, after=value, office_id=company.pk)
    return row
