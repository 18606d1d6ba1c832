"""Every pair of "uses a thing" and "moves, removes or switches it off", at the same moment and in both orders.

The first runs to its end and holds its transaction open until the second waits for it or is done; then it commits.
Either way nothing is orphaned, nothing new stands in what is gone or 停用, rooms stand where their unit stands, and
the books agree.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import DataScope, Role, User
from accounts.services.roles import add_role, delete_role, edit_role
from accounts.services.users import add_user, edit_user, share_role
from billing.models import Contract
from billing.services.contracts import sign_rooms
from billing.services.places import move_place, switch_place
from billing.services.products import deactivate_product, delete_product
from heating.kit.errors import Refusal
from heating.kit.pages.base import collision
from org.models import Office
from org.services import delete_office, switch_office
from property.models import Building, Community, Owner, Room, Unit
from property.services.owners import add_owner, delete_owner, switch_owner
from property.services.places import add_building, add_community, add_unit, delete_place, edit_place
from property.services.rooms import add_room
from reports.books import check_books
from tests import build
from tests.billing.test_load import load, row

pytestmark = pytest.mark.django_db(transaction=True)
ON = date(2025, 11, 20)
Deed = Callable[["Town"], Any]


class Town:
    """A site that nothing hangs on, a 小区 with two 楼幢, a known owner, a spare role and a product."""

    def __init__(self) -> None:
        company = build.company()
        self.east, self.spare = build.site(company), build.site(company, "空站")
        self.season = build.season(company)
        self.product = build.product(self.season).product
        self.sun, self.moon = build.community(self.east, "阳光小区"), build.community(self.east, "月亮湾")
        self.moon_one = build.building(self.moon, "1号楼")
        self.block, self.other = build.building(self.sun, "2号楼"), build.building(self.sun, "3号楼")
        self.unit = build.unit(self.block, "1单元")
        self.room = build.room(build.unit(self.other, "1单元"))
        self.owner = build.owner(self.east, "老业主", "16099999999")
        self.role = build.role(company, "property.view_room", title="岗位")
        rows = Permission.objects.exclude(codename__startswith="oversee_")
        names = rows.values_list("content_type__app_label", "codename")
        everything = build.role(company, *(f"{app}.{name}" for app, name in names), scope=DataScope.ALL)
        self.bob = build.user("bob", self.east, everything)
        self.guest = build.user("guest", company)

    def new_user(self, *roles: Role, office: Office | None = None) -> Any:
        data = {"username": "new", "name": "新", "phone": "", "office": office or self.spare, "roles": list(roles)}
        return add_user(data, actor=self.bob, now=timezone.now())

    def new_room(self, **changes: Any) -> Any:
        data = {"unit": self.unit, "number": "901", "account_no": "0000000901", "floor_area": "80.00"}
        data |= {"owner_name": "新业主", "owner_phone": "16088888888"} | changes
        return add_room(data, actor=self.bob)

    def imported(self, **changes: Any) -> Any:
        with transaction.atomic():
            return load(self.east, self.bob, row(7, community="阳光小区", **changes))


def known_owner(t: Town) -> Any:
    return t.new_room(owner_name="老业主", owner_phone="16099999999")


def imported_owner(t: Town) -> Any:
    return t.imported(owner_name="老业主", phone="16099999999")


def moved(model: Any, what: str, to: str) -> Deed:
    return lambda t: move_place(model, getattr(t, what).pk, getattr(t, to).pk, actor=t.bob)


def deleted(model: Any, what: str) -> Deed:
    return lambda t: delete_place(model, getattr(t, what).pk, actor=t.bob)


def switched(model: Any, what: str) -> Deed:
    return lambda t: switch_place(model, getattr(t, what).pk, actor=t.bob)


def renamed(model: Any, what: str) -> Deed:
    return lambda t: edit_place(model, getattr(t, what).pk, {"name": "新名"}, actor=t.bob)


# What uses a thing, by what is used; and what takes it away.
OFFICE_USES: dict[str, Deed] = {
    "user": lambda t: t.new_user(),
    "user moved there": lambda t: edit_user(t.guest.pk, {"office": t.spare, "roles": []}, actor=t.bob),
    "community": lambda t: add_community({"name": "新小区", "office": t.spare}, actor=t.bob),
    "community moved there": moved(Community, "moon", "spare"),
    "role": lambda t: add_role({"title": "新", "office": t.spare, "scope": DataScope.OWN}, actor=t.bob),
    "role moved there": lambda t: edit_role(t.role.pk, {"office": t.spare}, actor=t.bob),
}
OFFICE_ENDS: dict[str, Deed] = {
    "delete": lambda t: delete_office(t.spare.pk, actor=t.bob),
    "switch off": lambda t: switch_office(t.spare.pk, actor=t.bob),
}
OWN_OFFICE_USES: dict[str, Deed] = {
    "owner": lambda t: add_owner({"name": "新", "phone": "16077777777", "kind": "private"}, actor=t.bob),
}
OWN_OFFICE_ENDS: dict[str, Deed] = {"switch off": lambda t: switch_office(t.east.pk, actor=t.bob)}
ROOM_USES: dict[str, Deed] = {"room": lambda t: t.new_room(), "import": lambda t: t.imported()}
ROOM_ENDS: dict[str, Deed] = {
    **{
        f"{word} unit": way(Unit, "unit")
        for word, way in (("delete", deleted), ("switch", switched), ("rename", renamed))
    },
    "move unit": moved(Unit, "unit", "moon_one"),
    "move building": moved(Building, "block", "moon"),
    "move community": moved(Community, "sun", "spare"),
    "switch building": switched(Building, "block"),
    "switch community": switched(Community, "sun"),
    "rename building": renamed(Building, "block"),
    "rename community": renamed(Community, "sun"),
}
UNIT_USES: dict[str, Deed] = {"unit": lambda t: add_unit({"name": "9单元", "building": t.moon_one}, actor=t.bob)}
UNIT_ENDS: dict[str, Deed] = {
    "delete building": deleted(Building, "moon_one"),
    "switch building": switched(Building, "moon_one"),
    "move building": moved(Building, "moon_one", "sun"),
}
BUILDING_USES: dict[str, Deed] = {
    "building": lambda t: add_building({"name": "9号楼", "community": t.moon, "system": "per_room"}, actor=t.bob),
    "building moved there": moved(Building, "block", "moon"),
}
BUILDING_ENDS: dict[str, Deed] = {
    "delete community": lambda t: (deleted(Building, "moon_one")(t), deleted(Community, "moon")(t)),
    "switch community": switched(Community, "moon"),
    "move community": moved(Community, "moon", "spare"),
}
OWNER_USES: dict[str, Deed] = {"room": known_owner, "import": imported_owner}
OWNER_ENDS: dict[str, Deed] = {
    "delete": lambda t: delete_owner(t.owner.pk, actor=t.bob),
    "switch": lambda t: switch_owner(t.owner.pk, actor=t.bob),
}
ROLE_USES: dict[str, Deed] = {
    "user": lambda t: t.new_user(t.role, office=t.east),
    "share": lambda t: share_role(t.role.pk, add=[t.guest.pk], remove=[], actor=t.bob),
}
ROLE_ENDS: dict[str, Deed] = {"delete": lambda t: delete_role(t.role.pk, actor=t.bob)}
PRODUCT_USES: dict[str, Deed] = {
    "contract": lambda t: sign_rooms([t.room.pk], product=t.product.pk, on=ON, actor=t.bob),
    "import": lambda t: t.imported(),
}
PRODUCT_ENDS: dict[str, Deed] = {
    "switch": lambda t: deactivate_product(t.product.pk, actor=t.bob),
    "delete": lambda t: delete_product(t.product.pk, actor=t.bob),
}
TABLE = {
    "office": (OFFICE_USES, OFFICE_ENDS),
    "own office": (OWN_OFFICE_USES, OWN_OFFICE_ENDS),
    "place of rooms": (ROOM_USES, ROOM_ENDS),
    "building": (UNIT_USES, UNIT_ENDS),
    "community": (BUILDING_USES, BUILDING_ENDS),
    "owner": (OWNER_USES, OWNER_ENDS),
    "role": (ROLE_USES, ROLE_ENDS),
    "product": (PRODUCT_USES, PRODUCT_ENDS),
}
PAIRS = [(thing, use, end) for thing, (uses, ends) in TABLE.items() for use in uses for end in ends]


def waits(first: int) -> bool:
    """Say whether some session waits for a lock of another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid)))", [first])
        return bool(cursor.fetchone()[0])


def both(town: Town, first: Deed, second: Deed) -> list[str]:
    """Do two deeds at the same moment; return how each ended: "", a sentence, or the fault."""
    ends = ["", ""]
    held, go, pid = threading.Event(), threading.Event(), []

    def run(number: int, deed: Callable[[], None]) -> None:
        try:
            deed()
        except Refusal as refusal:
            ends[number] = refusal.sentence
        except (IntegrityError, OperationalError) as error:
            ends[number] = collision(error) or f"FAULT {error!r}"
        except Exception as error:
            # What is gone answers 404.
            ends[number] = "不存在" if type(error).__name__ == "DoesNotExist" else f"FAULT {error!r}"
        finally:
            held.set()
            connections.close_all()

    def one() -> None:
        with transaction.atomic():
            pid.append(connection.connection.info.backend_pid)
            first(town)
            held.set()
            go.wait(10)

    threads = [
        threading.Thread(target=run, args=(0, one)),
        threading.Thread(target=run, args=(1, lambda: second(town))),
    ]
    threads[0].start()
    held.wait(20)
    threads[1].start()
    for _ in range(200):
        threads[1].join(0.02)
        if not threads[1].is_alive() or waits(pid[0]):
            break
    go.set()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return ends


def wrong() -> list[str]:
    """Return what stands where it must not, and what the books find."""
    strayed = Room.objects.exclude(
        building_id=F("unit__building_id"),
        community_id=F("unit__building__community_id"),
        office_id=F("unit__building__community__office_id"),
    )
    found = [f"{room} does not stand where its unit stands" for room in strayed]
    for room in Room.objects.select_related("unit__building__community"):
        block = room.unit.building
        if room.address != f"{block.community.name}{block.name}{room.unit.name}{room.number}":
            found.append(f"{room} has the address {room.address}")
    return found + [f"the books: {f.invariant.code}" for f in check_books() if not f.ok]


def misused() -> list[str]:
    """Return what is new in something that was 停用 before."""
    places = Q(unit__active=False) | Q(building__active=False) | Q(community__active=False) | Q(owner__active=False)
    rows: list[Any] = [
        *Room.objects.filter(places, number__in=("901", "701")),
        *Owner.objects.filter(office__active=False, name="新"),
        *User.objects.filter(office__active=False, username__in=("new", "guest")),
        *Community.objects.filter(office__active=False, office__name="空站"),
        *Role.objects.filter(office__active=False),
        *Building.objects.filter(community__active=False, name__in=("9号楼", "2号楼")).filter(community__name="月亮湾"),
        *Unit.objects.filter(building__active=False, name="9单元"),
        *Contract.objects.filter(product__active=False),
    ]
    return [f"{row!r} is new in what is 停用" for row in rows]


@pytest.mark.parametrize("used_first", [True, False], ids=["used first", "ended first"])
@pytest.mark.parametrize("thing, use, end", PAIRS)
def test_one_waits_or_is_refused(thing: str, use: str, end: str, used_first: bool) -> None:
    uses, ends = TABLE[thing]
    first, second = (uses[use], ends[end]) if used_first else (ends[end], uses[use])
    told = both(Town(), first, second)
    assert [text for text in told if text.startswith("FAULT")] == []
    assert told[0] == "", "the first of two must not fail"
    assert wrong() == [], told
    assert used_first or misused() == [], told


def test_without_the_lock_the_pair_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A room added without holding its places stands where its unit no longer stands."""
    monkeypatch.setattr("property.services.rooms.hold", lambda model, pk: None)
    both(Town(), ROOM_USES["room"], ROOM_ENDS["move building"])
    assert any("does not stand" in text for text in wrong())
