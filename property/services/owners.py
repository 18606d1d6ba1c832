"""业主: adding takes effect at once; changing is a request."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import ProtectedError

from accounts.models import User
from heating.audit.history import sign_history
from heating.audit.services import record
from heating.kit.encryption import decrypt, encrypt, fingerprint
from heating.kit.errors import Refusal
from org.models import Office
from org.services import use_office
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
    use_office(actor.office.pk)
    return actor.office


@transaction.atomic
def add_owner(data: dict[str, Any], *, actor: User) -> Owner:
    """Add an owner to the actor's office; `Refusal` when the same name and phone stand already in the company."""
    office = home_office(actor)
    data = data | sealed(data.get("id_kind", ""), data.get("id_no", ""))
    data.pop("id_no", None)
    same = Owner.objects.filter(company_id=office.company_id, name=data["name"], phone=data["phone"]).first()
    if same:
        raise Refusal(f"已有同名同电话的业主（编号 {same.number}）", field="phone")
    owner = Owner.objects.create(
        company_id=office.company_id, office=office, number=owner_number(), created_by=actor, **data
    )
    record(actor, "owner.add", owner, after={"number": owner.number, "kind": owner.kind, "relief": owner.relief})
    return owner


def sealed(kind: str, number: str) -> dict[str, str]:
    """Return the columns of a document: sealed, its keyed hash for search, its last four characters."""
    if not number:
        return {"id_kind": "", "id_cipher": "", "id_hash": "", "id_tail": ""}
    return {"id_kind": kind, "id_cipher": encrypt(number), "id_hash": fingerprint(number), "id_tail": number[-4:]}


@dataclass(frozen=True)
class Sensitive:
    """What a reveal shows."""

    owner: Owner
    phone: str
    phone2: str
    id_no: str


@transaction.atomic
def reveal_owner(pk: int, *, actor: User, address: str = "") -> Sensitive:
    """Show one owner's phones and document number, and leave one audit line."""
    owner = Owner.objects.visible_to(actor, "property.view_sensitive").get(pk=pk)
    try:
        number = decrypt(owner.id_cipher)
    except ValueError as error:
        raise Refusal("证件号码无法解密，请联系系统管理员核对密钥") from error
    record(actor, "owner.reveal", owner, address=address)
    return Sensitive(owner, owner.phone, owner.phone2, number)


@transaction.atomic
def switch_owner(pk: int, *, actor: User) -> Owner:
    """停用 an owner, or 启用 it again; `Refusal` while rooms belong to them."""
    owner = Owner.objects.visible_to(actor, "property.delete_owner").locked(pk)
    rooms = owner.rooms.count()
    if owner.active and rooms:
        raise Refusal(f"该业主名下还有 {rooms} 户，请先办理过户")
    sign_history(actor)
    owner.active = not owner.active
    owner.save(update_fields=["active"])
    record(actor, "owner.switch", owner, before=not owner.active, after=owner.active)
    return owner


@transaction.atomic
def delete_owner(pk: int, *, actor: User) -> None:
    """Delete an owner that nothing refers to; `Refusal` names what does."""
    owner = Owner.objects.visible_to(actor, "property.delete_owner").locked(pk)
    sign_history(actor)
    record(actor, "owner.delete", owner, before={"number": owner.number})
    try:
        owner.delete()
    except ProtectedError as error:
        counts = Counter(str(thing._meta.verbose_name) for thing in error.protected_objects)
        what = "、".join(f"{count} 个{name}" for name, count in sorted(counts.items()))
        raise Refusal(f"该业主已有 {what}，不能删除；不再使用时请停用") from error
