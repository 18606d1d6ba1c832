"""The only writers of offices."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import PROTECT, F, ProtectedError, Value
from django.db.models.functions import Concat, Substr

from heating.audit.services import record
from heating.kit.errors import Refusal
from org.models import Office, OfficeKind

FIELDS = ("parent", "name", "kind", "level", "code", "sort", "manager", "phone", "address", "note")
# A path of 200 characters holds about twenty ids; nobody draws a tree that deep.
MAX_DEPTH = 12
TREE_LOCK = 7_003


@transaction.atomic
def add_office(data: dict[str, Any], *, actor: Any) -> Office:
    """Create an office under its parent; `Refusal` when the tree would not allow it.

    Without a parent it is a new company, which only 全部数据 may make. `actor` None is the system itself.
    """
    office = Office(**data)
    _lock_tree()
    office.parent = _reach_parent(office.parent, actor, "org.add_office")
    _check_place(office)
    if office.kind != OfficeKind.COMPANY and office.parent is not None:
        office.company_id = office.parent.company_id
    _check_shape(office)
    office.save()
    _place(office)
    if not office.code:
        office.code = _free_code(office)
    office.save(update_fields=["path", "company", "code"])
    record(actor, "office.add", office, after=_shown(office), office_id=office.pk)
    return office


@transaction.atomic
def change_office(pk: int, data: dict[str, Any], *, actor: Any) -> Office:
    """Change an office, also its place in the tree; the books of the past stay with the office they were made in.

    `Refusal` when it would come under itself or leave its company.
    """
    _lock_tree()
    office = Office.objects.visible_to(actor, "org.change_office").locked(pk)
    before, old_path, old_parent = _shown(office), office.path, office.parent_id
    for name in data.keys() & set(FIELDS):
        setattr(office, name, data[name])
    if office.parent_id != old_parent:
        office.parent = _reach_parent(office.parent, actor, "org.change_office")
        if office.parent.path.startswith(old_path):
            raise Refusal("上级机构不能是自己或自己的下级", field="parent")
        if office.parent.company_id != office.company_id or office.kind == OfficeKind.COMPANY:
            raise Refusal("不能移到另一家公司，那里的账不能混在一起", field="parent")
    _check_place(office)
    _check_kept(office, before)
    _check_shape(office)
    office.code = office.code or before["code"]
    office.save()
    if office.parent_id != old_parent:
        _move(office, old_path)
    record(actor, "office.edit", office, before=before, after=_shown(office), office_id=office.pk)
    return office


@transaction.atomic
def switch_office(pk: int, *, actor: Any) -> Office:
    """Take an office out of use (停用), or into use again; what it holds stays."""
    office = Office.objects.visible_to(actor, "org.change_office").locked(pk)
    if office.active and office.children.filter(active=True).exists():
        raise Refusal(f"“{office}”还有启用的下级机构，请先停用下级机构")
    if not office.active and office.parent is not None and not office.parent.active:
        raise Refusal("上级机构已停用，请先启用上级机构")
    office.active = not office.active
    office.save(update_fields=["active"])
    record(actor, "office.enable" if office.active else "office.disable", office, office_id=office.pk)
    return office


@transaction.atomic
def delete_office(pk: int, *, actor: Any) -> None:
    """Delete an office that nothing hangs on; `Refusal` names what does."""
    _lock_tree()
    office = Office.objects.visible_to(actor, "org.delete_office").locked(pk)
    if hangs := _hangs_on(office):
        raise Refusal(f"“{office}”下还有 {hangs}，不能删除；不再使用时请停用")
    parent_id, before = office.parent_id, _shown(office)
    record(actor, "office.delete", office, before=before, office_id=parent_id or office.pk)
    if office.kind == OfficeKind.COMPANY:
        # A company points at itself, which would protect it from its own deletion.
        Office.objects.filter(pk=pk).update(company=None)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            office.delete()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except (ProtectedError, IntegrityError) as used:
        raise Refusal(f"“{office}”已有业务数据，不能删除；不再使用时请停用") from used


def use_office(pk: int) -> None:
    """Keep an office in use until the end of the transaction: deleting or 停用 waits; `Refusal` when it came first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT active FROM org_office WHERE id = %s FOR SHARE", [pk])
        found = cursor.fetchone()
    if found is None:
        raise Refusal("该机构刚刚已被删除，请刷新后重试", field="office")
    if not found[0]:
        raise Refusal("该机构已停用", field="office")


def _lock_tree() -> None:
    """Let one change of the tree's shape happen at a time: two moves could close a circle that neither sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def _reach_parent(parent: Office | None, actor: Any, permission: str) -> Office | None:
    if actor is None:
        return parent
    if parent is None:
        if actor.scope(permission).everything:
            return None
        raise Refusal("请选择上级机构", field="parent")
    reached = Office.objects.visible_to(actor, permission).filter(pk=parent.pk).first()
    if reached is None:
        raise Refusal("上级机构不在您的数据范围内", field="parent")
    if not reached.active:
        raise Refusal("上级机构已停用", field="parent")
    return reached


def _check_place(office: Office) -> None:
    parent = office.parent
    if parent is None and office.kind != OfficeKind.COMPANY:
        raise Refusal("没有上级的机构必须是公司", field="kind")
    if parent is None:
        return
    if office.kind == OfficeKind.COMPANY and parent.kind != OfficeKind.COMPANY:
        raise Refusal("公司只能建在公司之下", field="kind")
    if parent.path.count("/") > MAX_DEPTH:
        raise Refusal("机构层级过深", field="parent")


def _check_kept(office: Office, before: dict[str, Any]) -> None:
    """A company stays a company and a part of a company never becomes one: the rows below carry their company."""
    was = before["kind"] == OfficeKind.COMPANY
    if was != (office.kind == OfficeKind.COMPANY):
        raise Refusal("公司与部门、站点之间不能互相改", field="kind")


def _free_code(office: Office) -> str:
    """Return the first number from the office's own on that no office of its company has as its code."""
    taken = set(Office.objects.filter(company_id=office.company_id).values_list("code", flat=True))
    return next(code for n in count(office.pk) if (code := f"{n:04d}") not in taken)


def _check_shape(office: Office) -> None:
    """Check names, lengths and uniqueness; the first wrong thing is the sentence."""
    try:
        office.clean_fields(exclude=["company", "path", *([] if office.code else ["code"])])
        office.validate_constraints()
    except ValidationError as wrong:
        field, errors = next(iter(wrong.error_dict.items())) if hasattr(wrong, "error_dict") else ("", wrong.error_list)
        sentence = errors[0].messages[0]
        if field == "__all__":
            field = "code" if "编码" in sentence else "name"
        raise Refusal(sentence, field=field) from wrong


def _place(office: Office) -> None:
    """Set path and company from the parent; the office must have its id."""
    above = office.parent
    office.path = (above.path if above else "/") + f"{office.pk}/"
    office.company_id = above.company_id if above and office.kind != OfficeKind.COMPANY else office.pk


def _move(office: Office, old_path: str) -> None:
    """Give the office and everything below it the new path, in one statement."""
    new_path = f"{office.parent.path if office.parent else '/'}{office.pk}/"
    rest = Substr(F("path"), len(old_path) + 1)
    Office.objects.filter(path__startswith=old_path).update(path=Concat(Value(new_path), rest))
    office.path = new_path


def _shown(office: Office) -> dict[str, Any]:
    shown = {name: getattr(office, name) for name in FIELDS if name != "parent"}
    # Whoever reads of a company in the log may not know the one above it.
    above = str(office.parent or "") if office.kind != OfficeKind.COMPANY else ""
    return shown | ({"parent": above} if above else {"above": office.parent_id} if office.parent_id else {})


def _hangs_on(office: Office) -> str:
    """Say what belongs to the office, counted up to a thousand: Django's own check would load every row."""
    found = []
    for relation in Office._meta.related_objects:
        if relation.on_delete is PROTECT:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: office}).exclude(
                **({"pk": office.pk} if relation.related_model is Office else {})
            )
            if count := rows[:1000].count():
                found.append(f"{count} 个{relation.related_model._meta.verbose_name}")
    return "、".join(dict.fromkeys(found))
