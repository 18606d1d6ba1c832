"""小区, 楼幢, 单元: added at once, renamed with the addresses of their rooms, deleted only when unused."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from accounts.models import User
from heating.audit.history import sign_history
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.natural import natural_key
from org.models import Office
from property.models import Building, Community, Room, Unit
from property.services.jurisdiction import sweep_grants

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
    office = Office.objects.visible_to(actor, "property.add_community").get(pk=data["office"].pk)
    values = data | {"office": office, "company_id": office.company_id, "created_by": actor}
    return _added(Community, values, actor, "本公司已有同名小区")


@transaction.atomic
def add_building(data: dict[str, Any], *, actor: User) -> Building:
    """Add a 楼幢 to a 小区 in scope."""
    community = Community.objects.visible_to(actor, "property.add_building").get(pk=data["community"].pk)
    return _added(Building, data | {"community": community}, actor, "该小区已有同名楼幢")


@transaction.atomic
def add_unit(data: dict[str, Any], *, actor: User) -> Unit:
    """Add a 单元 to a 楼幢 in scope."""
    building = Building.objects.visible_to(actor, "property.add_unit").get(pk=data["building"].pk)
    return _added(Unit, {"name": data["name"], "building": building}, actor, "该楼幢已有同名单元")


def _added(model: type[Model], values: dict[str, Any], actor: User, taken: str) -> Any:
    try:
        with transaction.atomic():
            made: Any = model._default_manager.create(sort_key=natural_key(values["name"])[:200], **values)
    except IntegrityError as error:
        raise Refusal(taken, field="name") from error
    record(actor, f"{model._meta.model_name}.add", made, after={"name": made.name}, office_id=made.office_id)
    return made


WHERE = {Community: "c.id", Building: "b.id", Unit: "u.id"}
VERB = {Community: "property.change_community", Building: "property.change_building", Unit: "property.change_unit"}


@transaction.atomic
def edit_place(model: type[Any], pk: int, data: dict[str, Any], *, actor: User) -> Any:
    """Change a place; rooms below it get the new address, order and office. `Refusal` when the name is taken."""
    place = model.objects.visible_to(actor, VERB[model]).locked(pk)
    before = {name: str(getattr(place, name) or "") for name in data}
    for name, value in data.items():
        setattr(place, name, value)
    place.sort_key = natural_key(place.name)[:200]
    try:
        with transaction.atomic():
            place.save(update_fields=[*data, "sort_key"])
    except IntegrityError as error:
        raise Refusal("同一上级下已有同名项", field="name") from error
    sign_history(actor, request="地址变更")
    with connection.cursor() as cursor:
        cursor.execute(READDRESS.format(where=WHERE[model]), [pk])
    after = {name: str(value or "") for name, value in data.items()}
    record(actor, f"{model._meta.model_name}.edit", place, before=before, after=after, office_id=place.office_id)
    return place


@transaction.atomic
def delete_place(model: type[Any], pk: int, *, actor: User) -> None:
    """Delete a place that nothing stands in; `Refusal` with the count otherwise."""
    place = model.objects.visible_to(actor, VERB[model].replace("change_", "delete_")).locked(pk)
    rooms = Room.objects.filter(**{model._meta.model_name: place}).count()
    below: Any = {Community: Building, Building: Unit}.get(model)
    children = below.objects.filter(**{model._meta.model_name: place}).count() if below else 0
    if rooms or children:
        what = f"{rooms} 户" if rooms else f"{children} 个{below._meta.verbose_name}"
        raise Refusal(f"“{place}”下还有 {what}，不能删除；不再使用时请停用")
    record(actor, f"{model._meta.model_name}.delete", place, before={"name": place.name}, office_id=place.office_id)
    place.delete()
    sweep_grants()
