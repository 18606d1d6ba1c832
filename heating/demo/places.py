"""Communities, buildings, rooms and owners of the demo: a few hundred rooms in every state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import User
from heating.kit.natural import natural_key
from org.models import Office
from property.models import Building, Community, Owner, Room, Unit
from property.services.owners import owner_number
from property.states import HeatState, OwnerKind, Relief

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = ("建国", "秀英", "桂兰", "志强", "丽", "敏", "海涛", "玉梅", "晓东", "文博", "雪", "永涵", "淑珍", "刚", "子轩")
STATES = {7: HeatState.VACANT, 19: HeatState.PARTIAL, 31: HeatState.DISMANTLED, 43: HeatState.DISABLED}
AREAS = [Decimal(text) for text in ("89.55", "67.38", "102.37", "118.00", "78.46", "60.00", "145.20", "54.75")]


@dataclass(frozen=True)
class Plan:
    """One community: name, buildings (name, units, floors), whether its rooms are shops."""

    name: str
    blocks: tuple[tuple[str, int, int], ...]
    shops: bool = False


EAST = (
    Plan("演示阳光小区", (("1号楼", 2, 6), ("2号楼", 2, 6), ("3号楼", 2, 6), ("10号楼", 1, 11))),
    Plan("演示惠民小区", (("1号楼", 3, 6), ("2号楼", 2, 6))),
    Plan("演示商业街", (("A座", 1, 3), ("B座", 1, 2)), shops=True),
)
WEST = (
    Plan("演示滨河新城", (("1号楼", 2, 11), ("2号楼", 2, 11))),
    Plan("演示西苑小区", (("1号楼", 3, 5), ("2号楼", 2, 5))),
)
NEIGHBOUR = (Plan("演示邻市家园", (("1号楼", 1, 4),)),)


def add_places(plans: tuple[Plan, ...], site: Office, actor: User, *, first: int) -> list[Room]:
    """Build communities with their rooms; accounts count up from `first`."""
    rooms: list[Room] = []
    for plan in plans:
        community = Community.objects.create(
            company=site.company,
            office=site,
            name=plan.name,
            sort_key=natural_key(plan.name),
            address=f"{plan.name}路 {len(rooms) + 1} 号",
            heat_station=f"{plan.name}换热站",
            created_by=actor,
        )
        for name, units, floors in plan.blocks:
            building = Building.objects.create(
                community=community, name=name, floors=floors, built_year=2012, sort_key=natural_key(name)
            )
            for n in range(1, units + 1):
                unit = Unit.objects.create(building=building, name=f"{n}单元", sort_key=natural_key(f"{n}单元"))
                for number in _numbers(floors):
                    rooms.append(_room(unit, number, first + len(rooms), actor, shops=plan.shops))
    return rooms


def _numbers(floors: int) -> Iterator[str]:
    for floor in range(1, floors + 1):
        yield from (f"{floor}01", f"{floor}02")


def _room(unit: Unit, number: str, n: int, actor: User, *, shops: bool) -> Room:
    building, community = unit.building, unit.building.community
    floor_area = AREAS[n % len(AREAS)] * (3 if shops else 1)
    return Room.objects.create(
        company=community.company,
        office=community.office,
        community=community,
        building=building,
        unit=unit,
        number=number,
        account_no=f"{n:010d}",
        floor_area=floor_area,
        inner_area=(floor_area * Decimal("0.8")).quantize(Decimal("0.01")),
        height=Decimal("4.70") if shops else Decimal("2.80"),
        floor=int(number[:-2]),
        meter_no=f"YS{n:06d}" if n % 3 == 0 else "",
        owner=_owner(community, n, actor, shops=shops),
        heat_state=STATES.get(n % 50, HeatState.NORMAL),
        address=f"{community.name}{building.name}{unit.name}{number}",
        sort_key="|".join((community.sort_key, building.sort_key, unit.sort_key, natural_key(number))),
        created_by=actor,
    )


def _owner(community: Community, n: int, actor: User, *, shops: bool) -> Owner:
    # No name, place or meter of the demo may occur in a real file: the import would take it for the same one.
    name = "演示" + SURNAMES[n % len(SURNAMES)] + GIVEN[n * 7 % len(GIVEN)]
    relief = {11: Relief.LOW_INCOME, 23: Relief.SPECIAL}.get(n % 40, Relief.NONE)
    return Owner.objects.create(
        company=community.company,
        office=community.office,
        number=owner_number(),
        name=f"{name}商贸有限公司" if shops else name,
        phone=f"160{n:08d}",
        kind=OwnerKind.PUBLIC if shops else OwnerKind.PRIVATE,
        relief=Relief.NONE if shops else relief,
        relief_from=date(2025, 9, 1) if relief != Relief.NONE and not shops else None,
        created_by=actor,
    )
