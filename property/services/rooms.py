"""户室: created under its unit with its owner; later changes of area, height, account and owner are requests."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.natural import natural_key
from property.models import Building, Community, Owner, Room, Unit
from property.queries import given_up
from property.rules import Planned, planned_rooms
from property.services.owners import owner_number
from property.services.places import add_building, hold, refuse_unused


@transaction.atomic
def add_room(data: dict[str, Any], *, actor: User) -> Room:
    """Add a room to a unit in scope; the owner is found by name and phone, or added.

    `Refusal` when the account is taken (never reused) or the unit has that number already.
    """
    units = Unit.objects.visible_to(actor, "property.add_room").select_related("building__community")
    pk = units.get(pk=data.pop("unit").pk).pk
    hold(Unit, pk)
    unit = units.get(pk=pk)
    refuse_unused(unit.building.community, unit.building, unit)
    building, community = unit.building, unit.building.community
    name, phone = data.pop("owner_name"), data.pop("owner_phone")
    if Room.objects.filter(company_id=community.company_id, account_no=data["account_no"]).exists():
        raise Refusal("缴费账号已被使用", field="account_no")
    if given_up(community.company_id, [data["account_no"]]):
        raise Refusal("缴费账号曾被其他户室使用，不能再用", field="account_no")
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


@transaction.atomic
def add_whole_building(data: dict[str, Any], *, actor: User) -> Building:
    """Add a 楼幢 with its units and rooms at once, all of one owner (the developer, until rooms are handed over).

    `data`: community, name, units, floors, per_floor, floor_area, first_account, owner_name, owner_phone, system.
    `Refusal` when an account is taken; then nothing is made.
    """
    plan = plan_building(data)
    hold(Community, data["community"].pk)
    community = Community.objects.visible_to(actor, "property.add_room").get(pk=data["community"].pk)
    refuse_unused(community)
    values = {"name": data["name"], "community": community, "floors": data["floors"], "system": data["system"]}
    building = add_building(values, actor=actor)
    taken = Room.objects.filter(company_id=community.company_id, account_no__in=[p.account_no for p in plan])
    if first := taken.order_by("account_no").values_list("account_no", flat=True).first():
        raise Refusal(f"缴费账号 {first} 已被使用", field="first_account")
    if old := given_up(community.company_id, [p.account_no for p in plan]):
        raise Refusal(f"缴费账号 {min(old)} 曾被其他户室使用，不能再用", field="first_account")
    owner = _owner(community, data["owner_name"], data["owner_phone"], actor)
    units = Unit.objects.bulk_create(
        Unit(building=building, name=f"{n}单元", sort_key=natural_key(f"{n}单元")) for n in range(1, data["units"] + 1)
    )
    rooms = [_planned(p, units[p.unit - 1], community, owner, data["floor_area"], actor) for p in plan]
    try:
        with transaction.atomic():
            Room.objects.bulk_create(rooms, batch_size=1000)
    except IntegrityError as error:
        raise Refusal("缴费账号刚刚已被使用，请重试", field="first_account") from error
    after = {"units": len(units), "rooms": len(rooms), "accounts": [plan[0].account_no, plan[-1].account_no]}
    record(actor, "building.fill", building, after=after, office_id=community.office_id)
    return building


MOST = 2000  # rooms of one building


def plan_building(data: dict[str, Any]) -> list[Planned]:
    """Return the rooms that `add_whole_building` would make; `Refusal` when there are too many."""
    if data["units"] * data["floors"] * data["per_floor"] > MOST:
        raise Refusal(f"一幢楼最多一次建 {MOST} 户", field="per_floor")
    sizes = {name: data[name] for name in ("units", "floors", "per_floor")}
    try:
        return planned_rooms(first_account=data["first_account"], **sizes)
    except ValueError as error:
        raise Refusal("起始缴费账号的数字位数不够连续编号", field="first_account") from error


def _planned(plan: Planned, unit: Unit, community: Community, owner: Owner, area: Any, actor: User) -> Room:
    building = unit.building
    keys = (community.sort_key, building.sort_key, unit.sort_key, natural_key(plan.number))
    return Room(
        company_id=community.company_id,
        office_id=community.office_id,
        community=community,
        building=building,
        unit=unit,
        number=plan.number,
        floor=plan.floor,
        account_no=plan.account_no,
        floor_area=area,
        owner=owner,
        address=f"{community.name}{building.name}{unit.name}{plan.number}"[:200],
        sort_key="|".join(keys)[:400],
        created_by=actor,
    )


def _owner(community: Any, name: str, phone: str, actor: User) -> Owner:
    known = Owner.objects.filter(company_id=community.company_id, name=name, phone=phone)
    found = known.select_for_update(no_key=True).first()
    if found and not found.active:
        raise Refusal(f"业主 {name}（编号 {found.number}）已停用，请先启用", field="owner_name")
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
