"""A 楼幢 moves to another 小区, a 单元 to another 楼幢, a 小区 to another 机构: what follows and what stays."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime
from decimal import Decimal as D
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client

from accounts.models import DataScope
from billing.models import Contract, Order, Prepayment, SeasonRollup
from billing.services.bill_run import bill_contracts
from billing.services.places import load_of, move_place, switch_place
from heating.audit.models import Record
from heating.kit.errors import Refusal
from payments.models import Payment, Receipt
from payments.services import reverse_payment, take_payment
from payments.services.take import Till
from property.models import Building, ChangeRequest, Community, Room, Unit
from property.services.changes import request_change
from reports.books import check_books
from reports.catalog.communities import Communities
from tests import build

NOW = datetime(2025, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
PERMISSIONS = [f"property.{deed}_{kind}" for deed in ("add", "change") for kind in ("community", "building", "unit")]
pytestmark = pytest.mark.django_db


class Town:
    """East with 阳光 (3号楼: a paid, a partly paid and an unpaid room; 4号楼: one room), west with 月亮."""

    def __init__(self) -> None:
        self.company = build.company()
        self.east, self.west = build.site(self.company), build.site(self.company, "西城收费站")
        self.sun, self.moon = build.community(self.east, "阳光小区"), build.community(self.west, "月亮湾")
        self.three, self.four = build.building(self.sun, "3号楼"), build.building(self.sun, "4号楼")
        self.first, self.second = build.unit(self.three, "1单元"), build.unit(self.three, "2单元")
        self.rooms = [build.room(self.first), build.room(self.first), build.room(self.second)]
        self.rooms.append(build.room(build.unit(self.four, "9单元")))
        self.bob = build.user("bob", self.company, build.role(self.company, *PERMISSIONS))
        self.alice = build.cashier(self.east)
        old = build.season(self.company, 2024, current=False, state="ended")
        build.old_debt(self.rooms[2], old, "500.00")
        version = build.product(build.season(self.company))
        for room in self.rooms:
            build.contract(room, version)
        bill_contracts(version.product.season, on=NOW.date(), actor=None)
        self.pay(self.rooms[0], "2200.00")
        self.pay(self.rooms[1], "100.00")

    def pay(self, room: Room, amount: str) -> Payment:
        return take_payment(room.pk, Till(uuid.uuid4(), "cash", D(amount), prepay=True), actor=self.alice, now=NOW)

    def eyes(self, office: Any, name: str) -> Any:
        """A station's own administrator."""
        permissions = ("billing.view_order", "payments.view_receipt", "payments.view_payment", "reports.view_statement")
        return build.user(name, office, build.role(office, *permissions, scope=DataScope.OFFICE_BELOW))


@pytest.fixture
def town() -> Town:
    return Town()


def test_a_building_takes_along_what_is_running_and_leaves_what_is_past(town: Town) -> None:
    waiting = request_change("area",
        town.rooms[2].pk, {"floor_area": D("90.00")}, reason="", on=NOW.date(),
        actor=build.user("dora", town.east, build.role(town.company, "property.request_room_change")),
    )  # fmt: skip
    move_place(Building, town.three.pk, town.moon.pk, actor=town.bob)
    new = {"office_id": town.west.pk, "community_id": town.moon.pk, "building_id": town.three.pk}
    for model in (Room, Contract, Prepayment, ChangeRequest):
        assert model.objects.filter(**new).count() == {Room: 3, Contract: 3}.get(model, 1), model
    assert Order.objects.filter(season__current=True, **new).count() == 3
    assert set(SeasonRollup.objects.filter(building_id=town.three.pk).values_list("office_id", "orders")) >= {
        (town.west.pk, 3)
    }
    past = {"office_id": town.east.pk, "community_id": town.sun.pk}
    assert Payment.objects.filter(**past).count() == 2 and Order.objects.filter(season__year=2024, **past).count() == 1
    waiting.refresh_from_db()
    assert waiting.community_id == town.moon.pk
    town.rooms[0].refresh_from_db()
    assert town.rooms[0].address.startswith("月亮湾3号楼1单元") and town.rooms[0].sort_key.startswith("月亮湾|")
    assert Order.objects.filter(room=town.rooms[0]).get().address.startswith("阳光小区")  # as it was billed
    assert Record.objects.get(event="building.move").after["orders"] == 3


def test_each_station_sees_what_is_its_own_after_a_move(town: Town) -> None:
    move_place(Building, town.three.pk, town.moon.pk, actor=town.bob)
    east, west = town.eyes(town.east, "erin"), town.eyes(town.west, "walt")
    seen = {who: set(Order.objects.visible_to(who, "billing.view_order").values_list("season__year", "building_id"))
            for who in (east, west)}  # fmt: skip
    assert seen[west] == {(2025, town.three.pk)}
    assert seen[east] == {(2025, town.four.pk), (2024, town.three.pk)}
    assert Receipt.objects.visible_to(east, "payments.view_receipt").count() == 2
    assert Receipt.objects.visible_to(west, "payments.view_receipt").count() == 0


def statement(who: Any, **asked: Any) -> dict[str, tuple[int, D, D, D]]:
    rows = Communities().answer(who, **asked).rows
    return {row.name: (row.rooms, row.principal, row.paid, row.arrears) for row in rows}


@pytest.mark.parametrize("what", ["building", "unit", "community"])
def test_the_statement_and_the_sums_agree_after_every_kind_of_move(town: Town, what: str) -> None:
    broken = {f.invariant.code for f in check_books() if not f.ok}
    move = {
        "building": (Building, town.three.pk, town.moon.pk),
        "unit": (Unit, town.first.pk, town.four.pk),
        "community": (Community, town.sun.pk, town.west.pk),
    }[what]
    whole = Communities().answer(town.eyes(town.company, "carl")).totals
    move_place(*move, actor=town.bob)
    assert {f.invariant.code for f in check_books() if not f.ok} == broken
    for row in SeasonRollup.objects.filter(season_id=Contract.objects.first().season_id):
        orders = Order.objects.alive().filter(season_id=row.season_id, building_id=row.building_id)
        assert sum(o.principal for o in orders) == row.principal and sum(o.paid for o in orders) == row.paid
    assert Communities().answer(town.eyes(town.company, "cleo")).totals == whole
    # The till and its way back still work, and every figure follows.
    town.pay(town.rooms[1], "300.00")
    reverse_payment(town.pay(town.rooms[0], "10.00").pk, reason="误收", actor=town.alice, now=NOW)
    assert {f.invariant.code for f in check_books() if not f.ok} == broken


def test_a_moved_building_is_one_row_of_the_season_statement(town: Town) -> None:
    carl = town.eyes(town.company, "carl")
    season = Contract.objects.first().season
    move_place(Building, town.three.pk, town.moon.pk, actor=town.bob)
    shown = statement(carl, season=season)
    assert shown["阳光小区"][0] == 1 and shown["月亮湾"][0] == 3
    past = statement(carl, season=Order.objects.get(fee_kind="arrears").season)
    assert list(past) == ["阳光小区"]


@pytest.mark.parametrize(
    ("model", "place", "target", "words"),
    [
        (Building, "three", "sun", "已在“阳光小区”"),
        (Building, "three", "closed", "已停用"),
        (Building, "three", "twin", "已有同名的楼幢"),
        (Unit, "first", "namesake", "已有同名的单元"),
    ],
)
def test_a_move_that_cannot_be_says_why(town: Town, model: Any, place: str, target: str, words: str) -> None:
    town.closed = build.community(town.west, "旧小区", active=False)
    town.twin = build.community(town.west, "双子小区")
    build.building(town.twin, "3号楼")
    town.namesake = build.building(town.moon, "5号楼")
    build.unit(town.namesake, "1单元")
    with pytest.raises(Refusal, match=words):
        move_place(model, getattr(town, place).pk, getattr(town, target).pk, actor=town.bob)
    assert Room.objects.filter(building=town.three, community=town.sun).count() == 3


def test_nothing_leaves_its_company_or_the_scope(town: Town) -> None:
    elsewhere = build.site(build.company("别家热力"))
    foreign = build.community(elsewhere, "别家小区")
    everywhere = build.user("root", town.company, build.role(town.company, *PERMISSIONS, scope=DataScope.ALL))
    with pytest.raises(Refusal, match="另一家公司"):
        move_place(Building, town.three.pk, foreign.pk, actor=everywhere)
    with pytest.raises(Refusal, match="另一家公司"):
        move_place(Community, town.sun.pk, elsewhere.pk, actor=everywhere)
    with pytest.raises(Community.DoesNotExist):
        move_place(Building, town.three.pk, foreign.pk, actor=town.bob)
    walt = build.user("walt", town.west, build.role(town.west, *PERMISSIONS, scope=DataScope.OFFICE))
    with pytest.raises(Building.DoesNotExist):
        move_place(Building, town.three.pk, town.moon.pk, actor=walt)
    renamer = build.user("rita", town.company, build.role(town.company, "property.change_building"))
    with pytest.raises(Community.DoesNotExist):
        move_place(Building, town.three.pk, town.moon.pk, actor=renamer)


def test_the_page_shows_what_goes_along_before_it_goes(town: Town, client: Client) -> None:
    load = load_of(town.three)
    assert (load.rooms, load.contracts, load.orders) == (3, 3, 2) and load.due == D("2149.20") * 2 - 100
    client.force_login(town.bob)
    address = f"/a/property/buildings/{town.three.pk}/move/"
    page = client.get(address).content.decode()
    assert "3 户" in page and f"{load.due} 元" in page and "月亮湾" in page
    assert client.post(address, {"target": town.sun.pk}).context["form"].errors["target"]
    assert client.post(address, {"target": town.moon.pk}).status_code == 302
    assert Building.objects.get(pk=town.three.pk).community == town.moon


def test_a_unit_is_moved_by_choosing_community_and_building(town: Town, client: Client) -> None:
    client.force_login(town.bob)
    address = f"/a/property/units/{town.first.pk}/move/"
    block = build.building(town.moon, "8号楼")
    page = client.post(address, {"refresh": "1", "community": town.moon.pk})
    assert list(page.context["form"].fields["target"].queryset) == [block]
    assert client.post(address, {"community": town.moon.pk, "target": block.pk}).status_code == 302
    assert Room.objects.filter(building=block, office=town.west).count() == 2


def test_a_place_with_running_contracts_is_not_switched_off(town: Town) -> None:
    for model, place, count in ((Community, town.sun, 4), (Building, town.three, 3), (Unit, town.first, 2)):
        with pytest.raises(Refusal, match=f"还有 {count} 份"):
            switch_place(model, place.pk, actor=town.bob)
    Contract.objects.update(state="terminated")
    assert switch_place(Community, town.sun.pk, actor=town.bob).active is False
    # Open money is still there, and taken.
    town.pay(town.rooms[2], "100.00")
    switch_place(Building, town.three.pk, actor=town.bob)
    with pytest.raises(Refusal, match="“阳光小区”已停用，请先启用"):
        switch_place(Building, town.three.pk, actor=town.bob)
    switch_place(Community, town.sun.pk, actor=town.bob)
    assert switch_place(Building, town.three.pk, actor=town.bob).active is True


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_money_that_comes_in_while_the_building_moves_is_counted_once(turn: int) -> None:
    town = Town()
    broken = {f.invariant.code for f in check_books() if not f.ok}
    gate, failures = threading.Barrier(2), []

    def run(deed: Any) -> None:
        gate.wait()
        try:
            deed()
        except Exception as error:  # whatever it is, the test must say so
            failures.append(error)
        finally:
            connection.close()

    def pay() -> None:
        for room in (town.rooms[1], town.rooms[2], town.rooms[3], town.rooms[1]):
            town.pay(room, "50.00")

    def move() -> None:
        for model, pk, target in (
            (Building, town.three.pk, town.moon.pk),
            (Unit, town.first.pk, town.four.pk),
            (Building, town.three.pk, town.sun.pk),
            (Community, town.sun.pk, town.west.pk),
        ):
            move_place(model, pk, target, actor=town.bob)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in (pay, move)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {f.invariant.code for f in check_books() if not f.ok} == broken
    assert Order.objects.filter(season__year=2025, room=town.rooms[1]).get().paid == D("200.00")
