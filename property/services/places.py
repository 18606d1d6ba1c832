"""小区, 楼幢, 单元: added at once, renamed with the addresses of their rooms, 停用 once used, deleted only when unused.

Whatever stands in a place is locked and counted by the apps that know it: billing.services.places.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from accounts.models import User
from heating.audit.history import sign_history
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.natural import natural_key
from org.services import use_office
from property.models import Building, Community, Room, Unit
from property.queries import offices_to_build_in
from property.services.jurisdiction import oversee_own, sweep_grants

# Rooms carry the whole place: rename, and every address and sort key below follows in one statement.
READDRESS = """
UPDATE property_room AS r
SET address = left(c.name || b.name || u.name || r.number, 200),
    sort_key = left(c.sort_key || '|' || b.sort_key || '|' || u.sort_key || '|'
        || regexp_replace(r.sort_key, '^.*\\|', ''), 400),
    office_id = c.office_id, community_id = c.id, building_id = b.id
FROM property_unit AS u
JOIN property_building AS b ON b.id = u.building_id
JOIN property_community AS c ON c.id = b.community_id
WHERE r.unit_id = u.id AND {where} = %s
"""


@transaction.atomic
def add_community(data: dict[str, Any], *, actor: User) -> Community:
    """Add a 小区 under an office that the actor may build in."""
    office = offices_to_build_in(actor).filter(pk=data["office"].pk).first()
    if office is None:
        raise Refusal("该机构已停用或不在您的数据范围内", field="office")
    use_office(office.pk)
    _check_manager(data.get("manager"), office.company_id)
    values = data | {"office": office, "company_id": office.company_id, "created_by": actor}
    made: Community = _added(Community, values, actor, "本公司已有同名小区")
    oversee_own(made, actor)
    return made


@transaction.atomic
def add_building(data: dict[str, Any], *, actor: User) -> Building:
    """Add a 楼幢 to a 小区 in scope."""
    hold(Community, data["community"].pk)
    community = Community.objects.visible_to(actor, "property.add_building").get(pk=data["community"].pk)
    refuse_unused(community)
    return _added(Building, data | {"community": community}, actor, "该小区已有同名楼幢")


@transaction.atomic
def add_unit(data: dict[str, Any], *, actor: User) -> Unit:
    """Add a 单元 to a 楼幢 in scope."""
    hold(Building, data["building"].pk)
    buildings = Building.objects.visible_to(actor, "property.add_unit").select_related("community")
    building = buildings.get(pk=data["building"].pk)
    refuse_unused(building.community, building)
    return _added(Unit, {"name": data["name"], "building": building}, actor, "该楼幢已有同名单元")


def refuse_unused(*places: Any) -> None:
    """Raise `Refusal` when one of the places above something new is 停用."""
    for place in places:
        if not place.active:
            raise Refusal(f"“{place}”已停用，不能再添加", field=place._meta.model_name)


def _check_manager(manager: User | None, company_id: int) -> None:
    if manager is not None and (manager.office is None or manager.office.company_id != company_id):
        raise Refusal("物业管理员须是本公司的用户", field="manager")


def _added(model: type[Model], values: dict[str, Any], actor: User, taken: str) -> Any:
    try:
        with transaction.atomic():
            made: Any = model._default_manager.create(sort_key=natural_key(values["name"])[:200], **values)
    except IntegrityError as error:
        raise Refusal(taken, field="name") from error
    record(actor, f"{model._meta.model_name}.add", made, after={"name": made.name}, office_id=made.office_id)
    return made


WHERE = {Community: "c.id", Building: "b.id", Unit: "u.id"}
PERMISSION = {
    Community: "property.change_community",
    Building: "property.change_building",
    Unit: "property.change_unit",
}


@transaction.atomic
def edit_place(model: type[Any], pk: int, data: dict[str, Any], *, actor: User) -> Any:
    """Change what a place is called and described by; rooms below it get the new address and order.

    Where it belongs changes by billing.services.places alone. `Refusal` when the name is taken.
    """
    place = model.objects.visible_to(actor, PERMISSION[model]).locked(pk)
    before = {name: str(getattr(place, name) or "") for name in data}
    if data.get("manager") != getattr(place, "manager", None):
        _check_manager(data.get("manager"), place.company_id)
    for name, value in data.items():
        setattr(place, name, value)
    place.sort_key = natural_key(place.name)[:200]
    try:
        with transaction.atomic():
            place.save(update_fields=[*data, "sort_key"])
    except IntegrityError as error:
        raise Refusal("同一上级下已有同名项", field="name") from error
    sign_history(actor, request="地址变更")
    readdress(place)
    after = {name: str(value or "") for name, value in data.items()}
    record(actor, f"{model._meta.model_name}.edit", place, before=before, after=after, office_id=place.office_id)
    return place


def readdress(place: Any) -> None:
    """Give the rooms of a place the address, order, office, community and building that follow from where it stands."""
    with connection.cursor() as cursor:
        cursor.execute(READDRESS.format(where=WHERE[type(place)]), [place.pk])


ABOVE = {Unit: (Building, "building_id"), Building: (Community, "community_id")}


def hold(model: type[Any], pk: int) -> None:
    """Keep a place and all above it where they are until the end of the transaction: a move or rename waits.

    Locked from the top down, as a move does; `Refusal` when the place has been moved or deleted meanwhile.
    """
    steps = _ladder(model, pk)
    if not steps:
        raise model.DoesNotExist
    with connection.cursor() as cursor:
        for level, at in reversed(steps):
            cursor.execute(f"SELECT FROM {level._meta.db_table} WHERE id = %s FOR SHARE", [at])
    if _ladder(model, pk) != steps:
        raise Refusal("该位置刚刚已被迁移或删除，请刷新后重试")


def _ladder(model: type[Any], pk: int) -> list[tuple[type[Any], int]]:
    """Return a place and those above it, from the bottom up; empty when it is not there."""
    found = model.objects.filter(pk=pk)
    if model not in ABOVE:
        return [(model, pk)] if found.exists() else []
    level, column = ABOVE[model]
    above = found.values_list(column, flat=True).first()
    return [(model, pk), *_ladder(level, above)] if above is not None else []


@transaction.atomic
def switch_place(model: type[Any], pk: int, *, actor: User) -> Any:
    """停用 a place, or 启用 it again. What stands in it stays, and is billed and paid; nothing new comes into it.

    `Refusal` when 启用 would leave it below a place that is 停用.
    """
    place = model.objects.visible_to(actor, PERMISSION[model]).locked(pk)
    if not place.active:
        above = {Building: "community", Unit: "building"}.get(model)
        if above and not getattr(place, above).active:
            raise Refusal(f"“{getattr(place, above)}”已停用，请先启用")
    place.active = not place.active
    place.save(update_fields=["active"])
    event = "enable" if place.active else "disable"
    record(actor, f"{model._meta.model_name}.{event}", place, office_id=place.office_id)
    return place


@transaction.atomic
def delete_place(model: type[Any], pk: int, *, actor: User) -> None:
    """Delete a place that nothing stands in; `Refusal` with the count otherwise."""
    place = model.objects.visible_to(actor, PERMISSION[model].replace("change_", "delete_")).locked(pk)
    rooms = Room.objects.filter(**{model._meta.model_name: place}).count()
    below: Any = {Community: Building, Building: Unit}.get(model)
    children = below.objects.filter(**{model._meta.model_name: place}).count() if below else 0
    if rooms or children:
        what = f"{rooms} 户" if rooms else f"{children} 个{below._meta.verbose_name}"
        raise Refusal(f"“{place}”下还有 {what}，不能删除；不再使用时请停用")
    record(actor, f"{model._meta.model_name}.delete", place, before={"name": place.name}, office_id=place.office_id)
    place.delete()
    sweep_grants()
