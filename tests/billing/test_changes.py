"""Changes under approval: no effect before, exactly what was seen after, by another person."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Sum
from django.test import Client

from billing.models import Contract, LedgerEntry, Order, Prepayment
from billing.services import changes
from heating.kit.errors import Refusal
from payments.services import take_payment
from payments.services.take import Till
from property.models import ChangeRequest, Owner, Room
from tests import build

NOW = datetime(2025, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
ON = NOW.date()
pytestmark = pytest.mark.django_db
ASK = (
    "property.view_owner",
    "property.view_room",
    "property.request_owner_change",
    "property.request_room_change",
    "property.view_changerequest",
)


@pytest.fixture
def east() -> Any:
    return build.site(build.company())


@pytest.fixture
def alice(east: Any) -> Any:
    alice = build.cashier(east)
    alice.groups.add(build.role(east.company, *ASK))
    return alice


@pytest.fixture
def bob(east: Any) -> Any:
    return build.user("bob", east.company, build.role(east.company, *ASK, "property.approve_changerequest"))


@pytest.fixture
def room(east: Any) -> Room:
    home = build.room(office=east)
    build.order(build.contract(home, build.product(build.season(east))), on=ON)
    return home


def approve(request: ChangeRequest, bob: Any) -> ChangeRequest:
    _, seen = changes.effect(request.pk, on=ON, actor=bob)
    return changes.approve_change(request.pk, seen=seen, actor=bob, on=ON, now=NOW)


def pay(room: Room, amount: str, alice: Any, **options: Any) -> None:
    take_payment(room.pk, Till(uuid4(), "cash", Decimal(amount), **options), actor=alice, now=NOW)


def books_balance() -> bool:
    sides = dict(LedgerEntry.objects.values_list("side").annotate(t=Sum("amount")))
    return sides["debit"] == sides["credit"]


def test_relief_counts_only_after_another_person_approved(room: Room, alice: Any, bob: Any) -> None:
    request = changes.request_owner_change(
        room.owner_id, {"relief": "low_income"}, reason="新办低保", actor=alice, on=ON
    )
    assert Owner.objects.get().relief == "normal" and Order.objects.get().principal == Decimal("2149.20")
    with pytest.raises(ChangeRequest.DoesNotExist):
        changes.approve_change(request.pk, seen="", actor=alice, on=ON, now=NOW)
    rows, _ = changes.effect(request.pk, on=ON, actor=bob)
    assert (rows[0]["principal_before"], rows[0]["principal_after"]) == ("2149.20", "1074.60")
    approve(request, bob)
    assert Owner.objects.get().relief == "low_income"
    order = Order.objects.get()
    assert (order.line, order.principal) == ("relief", Decimal("1074.60")) and books_balance()


def test_a_dearer_area_after_payment_gives_a_supplement(room: Room, alice: Any, bob: Any) -> None:
    """X09: 89.55 → 92.10 after 2149.20 was paid."""
    pay(room, "2149.20", alice)
    request = changes.request_room_change(
        room.pk, "area", {"floor_area": Decimal("92.10")}, reason="房产证", actor=alice, on=ON
    )
    approve(request, bob)
    extra = Order.objects.get(fee_kind="supplement")
    assert extra.principal == Decimal("61.20") and Room.objects.get().floor_area == Decimal("92.10") and books_balance()


def test_a_cheaper_area_after_payment_becomes_prepayment(room: Room, alice: Any, bob: Any) -> None:
    pay(room, "2149.20", alice)
    request = changes.request_room_change(
        room.pk, "area", {"floor_area": Decimal("85.00")}, reason="房产证", actor=alice, on=ON
    )
    approve(request, bob)
    assert Prepayment.objects.get().balance == Decimal("109.20") and books_balance()


def test_what_changed_since_it_was_seen_is_not_approved(room: Room, alice: Any, bob: Any) -> None:
    request = changes.request_room_change(
        room.pk, "area", {"floor_area": Decimal("92.10")}, reason="x", actor=alice, on=ON
    )
    _, seen = changes.effect(request.pk, on=ON, actor=bob)
    pay(room, "100.00", alice)
    with pytest.raises(Refusal, match="已变化"):
        changes.approve_change(request.pk, seen=seen, actor=bob, on=ON, now=NOW)
    assert Room.objects.get().floor_area == Decimal("89.55")


def test_the_author_cannot_approve_and_one_request_is_open_at_a_time(room: Room, bob: Any) -> None:
    request = changes.request_room_change(
        room.pk, "area", {"floor_area": Decimal("92.10")}, reason="x", actor=bob, on=ON
    )
    with pytest.raises(Refusal, match="自己提交"):
        approve(request, bob)
    with pytest.raises(Refusal, match="待审批"):
        changes.request_room_change(room.pk, "area", {"floor_area": Decimal("93.00")}, reason="x", actor=bob, on=ON)
    with pytest.raises(Refusal, match="没有任何变化"):
        changes.request_room_change(room.pk, "height", {"height": None}, reason="x", actor=bob, on=ON)
    changes.withdraw_change(request.pk, actor=bob)
    changes.request_room_change(room.pk, "area", {"floor_area": Decimal("93.00")}, reason="x", actor=bob, on=ON)


def test_transfer_with_arrears_names_the_sum_and_needs_a_takeover(room: Room, alice: Any, bob: Any) -> None:
    data = {"new_owner_name": "新业主", "new_owner_phone": "16099999999"}
    with pytest.raises(Refusal, match=r"2149\.20"):
        changes.request_room_change(room.pk, "transfer", data, reason="买卖", actor=alice, on=ON)
    old = room.owner
    request = changes.request_room_change(
        room.pk, "transfer", data, reason="买卖", actor=alice, on=ON, options={"takeover": True}
    )
    approve(request, bob)
    room.refresh_from_db()
    assert room.owner.name == "新业主" and Order.objects.get().owner_name == old.name
    assert {c.state for c in Contract.objects.all()} == {"terminated", "approved"}
    assert Contract.objects.get(state="approved").owner == room.owner


def test_pages_from_request_to_approval(room: Room, alice: Any, bob: Any, client: Client) -> None:
    client.force_login(alice)
    data = {
        "name": room.owner.name,
        "phone": room.owner.phone,
        "kind": "private",
        "relief": "special",
        "reason": "特审",
    }
    assert client.post(f"/a/billing/owners/{room.owner_id}/change/", data).status_code == 302
    request = ChangeRequest.objects.get()
    mine = client.get(f"/a/billing/changes/{request.pk}/")
    assert "撤回" in mine.content.decode() and not mine.context["decides"]
    client.force_login(bob)
    assert request.number in client.get("/a/billing/changes/owners/").content.decode()
    page = client.get(f"/a/billing/changes/{request.pk}/")
    assert page.context["decides"] and "特审户" in page.content.decode()
    done = client.post(f"/a/billing/changes/{request.pk}/approve/", {"seen": page.context["seen"]}, follow=True)
    assert "变更已生效" in done.content.decode()
    for kind in ("area", "account", "state", "transfer"):
        assert client.get(f"/a/billing/rooms/{room.pk}/{kind}/").status_code == 200


def test_a_prepayment_to_be_refunded_stands_in_the_way_of_a_transfer(room: Room, alice: Any, bob: Any) -> None:
    pay(room, "2200.00", alice, prepay=True)
    data = {"new_owner_name": "新业主", "new_owner_phone": "16099999999"}
    with pytest.raises(Refusal, match=r"预存款 50\.80 元"):
        changes.request_room_change(
            room.pk, "transfer", data, reason="买卖", actor=alice, on=ON, options={"prepaid": "refund"}
        )
    request = changes.request_room_change(
        room.pk, "transfer", data, reason="买卖", actor=alice, on=ON, options={"prepaid": "keep"}
    )
    approve(request, bob)
    assert Prepayment.objects.get().balance == Decimal("50.80") and Room.objects.get().owner.name == "新业主"
