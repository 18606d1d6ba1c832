"""户室: created under its unit with its owner; later changes of area, height, account and owner are requests."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.natural import natural_key
from property.models import Owner, Room, Unit
from property.services.owners import owner_number


@transaction.atomic
def add_room(data: dict[str, Any], *, actor: User) -> Room:
    """Add a room to a unit in scope; the owner is found by name and phone, or added (manual §2.3).

    `Refusal` when the account is taken (never reused) or the unit has that number already.
    """
    units = Unit.objects.visible_to(actor, "property.add_room").select_related("building__community")
    unit = units.get(pk=data.pop("unit").pk)
    building, community = unit.building, unit.building.community
    name, phone = data.pop("owner_name"), data.pop("owner_phone")
    if Room.objects.filter(company_id=community.company_id, account_no=data["account_no"]).exists():
        raise Refusal("缴费账号已被使用", field="account_no")
    if Room.objects.filter(unit=unit, number=data["number"]).exists():
        raise Refusal("该单元已有此户室号", field="number")
    places = (community.sort_key, building.sort_key, unit.sort_key, natural_key(data["number"]))
    try:
        with transaction.atomic():
            room = Room.objects.create(
                company_id=community.company_id,
                office_id=community.office_id,
                community=community,
                building=building,
                unit=unit,
                owner=_owner(community, name, phone, actor),
                address=f"{community.name}{building.name}{unit.name}{data['number']}"[:200],
                sort_key="|".join(places)[:400],
                created_by=actor,
                **data,
            )
    except IntegrityError as error:
        raise Refusal("该户室或缴费账号刚刚已被添加") from error
    record(actor, "room.add", room, after={"account_no": room.account_no, "floor_area": str(room.floor_area)})
    return room


def _owner(community: Any, name: str, phone: str, actor: User) -> Owner:
    found = Owner.objects.filter(company_id=community.company_id, name=name, phone=phone).first()
    if found:
        return found
    owner = Owner.objects.create(
        company_id=community.company_id,
        office_id=community.office_id,
        number=owner_number(),
        name=name,
        phone=phone,
        created_by=actor,
    )
    record(actor, "owner.add", owner, after={"number": owner.number})
    return owner
