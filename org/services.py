"""The only writers of offices."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError, Value
from django.db.models.functions import Concat, Length, Substr

from heating.audit.services import record
from heating.kit.errors import Refusal
from org.models import Office, OfficeKind

FIELDS = ("parent", "name", "kind", "level", "code", "sort", "manager", "phone", "address", "note")


def _check(office: Office) -> None:
    """`Refusal` when kind and parent do not go together."""
    if office.parent is None and office.kind != OfficeKind.COMPANY:
        raise Refusal("没有上级的机构必须是公司", field="kind")
    if office.parent is not None and office.kind == OfficeKind.COMPANY and office.parent.kind != OfficeKind.COMPANY:
        raise Refusal("公司只能建在公司之下", field="kind")


def _place(office: Office) -> None:
    """Set path and company from the parent; the office must have its id."""
    office.path = (office.parent.path if office.parent else "/") + f"{office.pk}/"
    office.company_id = office.pk if office.kind == OfficeKind.COMPANY else office.parent.company_id


def _saved(office: Office) -> None:
    try:
        with transaction.atomic():
            office.save()
    except IntegrityError as error:
        field, sentence = (
            ("code", "机构编码已被使用") if "code" in str(error) else ("name", "同一上级机构下已有同名机构")
        )
        raise Refusal(sentence, field=field) from error


@transaction.atomic
def add_office(data: dict[str, Any], *, actor: Any) -> Office:
    """Create an office under its parent; `Refusal` when the tree would not allow it (manual §2.2)."""
    office = Office(**data)
    if actor is not None:
        _reach(office.parent, actor, "org.add_office")
    _check(office)
    given, office.code = office.code, office.code or f"~{id(office)}"[:12]
    _saved(office)
    _place(office)
    office.code = given or f"{office.pk:04d}"
    office.save(update_fields=["path", "company", "code"])
    record(actor, "office.add", office, after={**data, "parent": str(office.parent or "")}, office_id=office.pk)
    return office


def _reach(parent: Office | None, actor: Any, verb: str) -> None:
    """The actor builds only under offices of his scope; a new root needs 全部数据."""
    scope = actor.scope(verb)
    if not scope.everything and (parent is None or parent.pk not in scope.offices):
        raise Refusal("上级机构不在您的数据范围内", field="parent")


@transaction.atomic
def edit_office(pk: int, data: dict[str, Any], *, actor: Any) -> Office:
    """Change an office; moved inside its company it takes everything below along, the books of the past stay.

    `Refusal` for a circle, a move to another company, a taken name, or a change between company and other kinds.
    """
    office = Office.objects.visible_to(actor, "org.change_office").locked(pk)
    before = {name: str(getattr(office, name) or "") for name in data}
    old_path, old_kind = office.path, office.kind
    for name, value in data.items():
        setattr(office, name, value)
    if (old_kind == OfficeKind.COMPANY) != (office.kind == OfficeKind.COMPANY):
        raise Refusal("公司与部门、站点之间不能互相变更", field="kind")
    parent = office.parent
    if parent is not None and parent.path.startswith(old_path):
        raise Refusal("上级机构不能是自己或自己的下级", field="parent")
    if before.get("parent", "") != str(parent or ""):
        _reach(parent, actor, "org.change_office")
    if parent is not None and office.kind != OfficeKind.COMPANY and parent.company_id != office.company_id:
        raise Refusal("只能在本公司内调整上级机构", field="parent")
    _check(office)
    _place(office)
    _saved(office)
    if office.path != old_path:
        moved = Office.objects.filter(path__startswith=old_path).exclude(pk=office.pk)
        tail = Substr(F("path"), len(old_path) + 1, Length("path"))
        moved.update(path=Concat(Value(office.path), tail))
    record(actor, "office.edit", office, before=before, after={k: str(v or "") for k, v in data.items()}, office_id=pk)
    return office


@transaction.atomic
def delete_office(pk: int, *, actor: Any) -> None:
    """Delete an office that nothing belongs to; `Refusal` names what stands in the way."""
    office = Office.objects.visible_to(actor, "org.delete_office").locked(pk)
    Office.objects.filter(pk=pk, company_id=pk).update(company=None)  # a company points at itself
    name = str(office)
    try:
        with transaction.atomic():
            office.delete()
    except ProtectedError as error:
        kinds = Counter(str(row._meta.verbose_name) for row in error.protected_objects)
        what = "、".join(f"{n} 个{kind}" for kind, n in kinds.items())
        raise Refusal(f"“{name}”下还有 {what}，不能删除；不再使用时请停用") from error
    record(actor, "office.delete", None, before={"name": name, "path": office.path}, note=name)


@transaction.atomic
def set_office_active(pk: int, *, active: bool, actor: Any) -> Office:
    """停用 or 启用 an office; what belongs to it stays as it is."""
    office = Office.objects.visible_to(actor, "org.change_office").locked(pk)
    before, office.active = office.active, active
    office.save(update_fields=["active"])
    record(actor, "office.enable" if active else "office.disable", office, before=before, after=active, office_id=pk)
    return office
