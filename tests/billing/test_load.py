"""The set-based load of room rows, and taking it back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from billing.imports.rooms.load import RoomColumns, load_rooms
from billing.imports.rooms.undo import undo_rooms
from billing.models import Contract, LedgerEntry, Order, Season, SeasonRollup
from heating.imports.models import Batch
from heating.kit.errors import Refusal
from payments.models import Payment
from payments.services import take_payment
from payments.services.take import Till
from property.models import Building, Community, Owner, Room, Unit
from tests import build

ON = date(2025, 11, 20)
pytestmark = pytest.mark.django_db


def row(n: int, **changes: Any) -> RoomColumns:
    """One row, each column with its one value."""
    given = RoomColumns(
        community="阳光\t小区",
        building="2号楼",
        unit="1单元",
        owner_name=f"业主{n}",
        phone=f"160{n:08d}",
        phone2="",
        owner_kind="private",
        relief="normal",
        number=f"{n}01",
        account_no=f"{n:010d}",
        floor_area="89.55",
        inner_area=None,
        height=None,
        product_code="RZ-2025",
        heat_state="normal",
        debt_year=None,
        debt_amount=None,
        meter_no="",
        note="备\\注\n二",
    )
    return given._replace(**changes)


@pytest.fixture
def east() -> Any:
    site = build.site(build.company())
    build.product(build.season(site))
    return site


def batch(site: Any, actor: Any) -> Batch:
    return Batch.objects.create(
        kind="rooms",
        company_id=site.company_id,
        office_id=site.pk,
        file_name="a.xlsx",
        file_hash="x",
        file="x",
        created_by=actor,
    )


def load(site: Any, actor: Any, *rows: RoomColumns) -> tuple[Batch, dict[str, Any]]:
    made = batch(site, actor)
    columns = RoomColumns._make(list(column) for column in zip(*rows, strict=True))
    return made, load_rooms(columns, company_id=site.company_id, office_id=site.pk, batch=made, actor=actor, on=ON)


def balance(account: str) -> Decimal:
    sums = dict(LedgerEntry.objects.filter(account=account).values_list("side").annotate(t=Sum("amount")))
    return sums.get("debit", Decimal(0)) - sums.get("credit", Decimal(0))


def test_rows_become_places_owners_contracts_orders_and_old_debts(east: Any) -> None:
    alice = build.cashier(east)
    _, counts = load(
        east,
        alice,
        row(1),
        row(2, owner_name="业主1", phone="16000000001", debt_year="2023", debt_amount="500.00"),
        row(3, product_code="", building="10号楼"),
        row(4, heat_state="dismantled"),
    )
    assert counts == {
        "communities": 1,
        "buildings": 2,
        "units": 2,
        "owners": 3,
        "rooms": 4,
        "contracts": 3,
        "old_debts": 1,
        "orders": 2,
        "unbillable": 1,
    }
    home = Room.objects.get(account_no="0000000001")
    assert home.address == "阳光\t小区2号楼1单元101" and home.note == "备\\注\n二" and home.office == east
    assert Contract.objects.filter(state="approved", source="import").count() == 3
    heat = Order.objects.get(room=home)
    assert (heat.principal, heat.state) == (Decimal("2149.20"), "unpaid")
    assert Season.objects.get(year=2023).state == "ended"
    assert balance("receivable") == Order.objects.aggregate(t=Sum("principal"))["t"] == Decimal("4798.40")
    assert SeasonRollup.objects.aggregate(t=Sum("principal"))["t"] == Decimal("4798.40")


def test_loading_into_existing_places_adds_only_what_is_new(east: Any) -> None:
    alice = build.cashier(east)
    load(east, alice, row(1))
    _, counts = load(east, alice, row(2))
    assert (counts["communities"], counts["buildings"], counts["units"], counts["rooms"]) == (0, 0, 0, 1)


def test_an_untouched_batch_can_be_taken_back_and_the_books_balance(east: Any) -> None:
    alice = build.cashier(east)
    load(east, alice, row(1))
    made, _ = load(east, alice, row(2, debt_year="2024", debt_amount="77.10"), row(3, building="3号楼"))
    undo_rooms(made, company_id=east.company_id, actor=alice, on=ON)
    assert list(Room.objects.values_list("account_no", flat=True)) == ["0000000001"]
    assert Owner.objects.count() == Community.objects.count() == Building.objects.count() == Unit.objects.count() == 1
    assert balance("receivable") == Decimal("2149.20") == SeasonRollup.objects.aggregate(t=Sum("principal"))["t"]
    assert not Order.objects.filter(batch_id=made.pk).exists()


def test_a_batch_with_a_payment_stays(east: Any) -> None:
    alice = build.cashier(east)
    made, _ = load(east, alice, row(1))
    till = Till(uuid4(), "cash", Decimal("1.00"))
    take_payment(Room.objects.get().pk, till, actor=alice, now=timezone.now())
    with pytest.raises(Refusal, match="1 笔订单已有缴费"):
        undo_rooms(made, company_id=east.company_id, actor=alice, on=ON)
    assert Room.objects.exists()


def test_a_batch_with_a_payment_that_came_to_nothing_stays(east: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Payments know of it, and tell billing by the registry: without their entry the batch would go."""
    alice = build.cashier(east)
    made, _ = load(east, alice, row(1))
    room = Room.objects.get()
    names = ("company_id", "office_id", "community_id", "building_id", "account_no", "address")
    Payment.objects.create(
        **{name: getattr(room, name) for name in names},
        room=room,
        number="P1",
        client_request_id=uuid4(),
        channel="wechat",
        state="failed",
        amount=Decimal("1.00"),
        site=east,
        owner_name=room.owner.name,
        owner_kind=room.owner.kind,
        cashier=alice,
    )
    with pytest.raises(Refusal, match="1 户已有缴费记录"):
        undo_rooms(made, company_id=east.company_id, actor=alice, on=ON)
    monkeypatch.setattr("billing.imports.rooms.undo.ROOMS_IN_USE", {})
    with pytest.raises(IntegrityError), transaction.atomic():
        undo_rooms(made, company_id=east.company_id, actor=alice, on=ON)
        connection.check_constraints()


def test_without_a_current_season_a_product_is_refused(east: Any) -> None:
    Season.objects.update(current=False)
    with pytest.raises(Refusal, match="当前采暖季"):
        load(east, None, row(1))
