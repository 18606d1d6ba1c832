"""Changes under approval: no effect before, exactly what was seen after, by another person."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from billing.models import Contract, Excess, Order, Prepayment, Season
from billing.services.bill_run import bill_contracts
from heating.approvals.services import decisions
from heating.kit.errors import Refusal
from payments.services import take_payment
from payments.services.take import Till
from property.models import ChangeRequest, Owner, Room
from property.services import changes
from reports.books import check_books
from tests import build
from tests.billing import files

NOW = datetime(2025, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
ON = NOW.date()
pytestmark = pytest.mark.django_db
VALID = {"relief_from": date(2025, 11, 1), "relief_to": date(2026, 10, 31)}
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
    season = build.season(east)
    build.contract(home, build.product(season))
    bill_contracts(season, on=ON, actor=None)
    return home


def approve(request: ChangeRequest, bob: Any) -> ChangeRequest:
    _, seen = changes.effect(request.pk, on=ON, actor=bob)
    return decisions.approve(ChangeRequest, request.pk, seen=seen, actor=bob, on=ON, now=NOW)


def pay(room: Room, amount: str, alice: Any, **options: Any) -> None:
    take_payment(room.pk, Till(uuid4(), "cash", Decimal(amount), **options), actor=alice, now=NOW)


def sound() -> bool:
    """Ask all invariants; says which one is broken."""
    broken = {f.invariant.code: f.rows[:2] for f in check_books() if not f.ok}
    assert broken == {}
    return True


def test_relief_counts_only_after_another_person_approved(room: Room, alice: Any, bob: Any) -> None:
    request = changes.request_change(
        "owner", room.owner_id, {"relief": "low_income"} | VALID, reason="新办低保", actor=alice, on=ON
    )
    assert Owner.objects.get().relief == "normal" and Order.objects.get().principal == Decimal("2149.20")
    with pytest.raises(ChangeRequest.DoesNotExist):
        decisions.approve(ChangeRequest, request.pk, seen="", actor=alice, on=ON, now=NOW)
    rows, _ = changes.effect(request.pk, on=ON, actor=bob)
    assert (rows[0]["principal_before"], rows[0]["principal_after"]) == ("2149.20", "1074.60")
    approve(request, bob)
    assert Owner.objects.get().relief == "low_income"
    order = Order.objects.get()
    assert (order.line, order.principal) == ("relief", Decimal("1074.60")) and sound()


def test_a_dearer_area_after_payment_gives_a_supplement(room: Room, alice: Any, bob: Any) -> None:
    """X09: 89.55 → 92.10 after 2149.20 was paid."""
    pay(room, "2149.20", alice)
    request = changes.request_change(
        "area", room.pk, {"floor_area": Decimal("92.10")}, reason="房产证", actor=alice, on=ON
    )
    approve(request, bob)
    extra = Order.objects.get(fee_kind="supplement")
    assert extra.principal == Decimal("61.20") and Room.objects.get().floor_area == Decimal("92.10") and sound()


def test_a_cheaper_area_after_payment_becomes_prepayment(room: Room, alice: Any, bob: Any) -> None:
    pay(room, "2149.20", alice)
    request = changes.request_change(
        "area", room.pk, {"floor_area": Decimal("85.00")}, reason="房产证", actor=alice, on=ON
    )
    approve(request, bob)
    assert Prepayment.objects.get().balance == Decimal("109.20") and sound()


def test_what_changed_since_it_was_seen_is_not_approved(room: Room, alice: Any, bob: Any) -> None:
    request = changes.request_change("area", room.pk, {"floor_area": Decimal("92.10")}, reason="x", actor=alice, on=ON)
    _, seen = changes.effect(request.pk, on=ON, actor=bob)
    pay(room, "100.00", alice)
    with pytest.raises(Refusal, match="已变化"):
        decisions.approve(ChangeRequest, request.pk, seen=seen, actor=bob, on=ON, now=NOW)
    assert Room.objects.get().floor_area == Decimal("89.55")


def test_the_author_cannot_approve_and_one_request_is_open_at_a_time(room: Room, bob: Any) -> None:
    request = changes.request_change("area", room.pk, {"floor_area": Decimal("92.10")}, reason="x", actor=bob, on=ON)
    with pytest.raises(Refusal, match="自己提交"):
        approve(request, bob)
    with pytest.raises(Refusal, match="待审批"):
        changes.request_change("area", room.pk, {"floor_area": Decimal("93.00")}, reason="x", actor=bob, on=ON)
    with pytest.raises(Refusal, match="没有任何变化"):
        changes.request_change("height", room.pk, {"height": None}, reason="x", actor=bob, on=ON)
    decisions.withdraw(ChangeRequest, request.pk, actor=bob)
    changes.request_change("area", room.pk, {"floor_area": Decimal("93.00")}, reason="x", actor=bob, on=ON)


def test_transfer_with_arrears_names_the_sum_and_needs_a_takeover(room: Room, alice: Any, bob: Any) -> None:
    data = {"new_owner_name": "新业主", "new_owner_phone": "16099999999"}
    with pytest.raises(Refusal, match=r"2149\.20"):
        changes.request_change("transfer", room.pk, data, reason="买卖", actor=alice, on=ON)
    old = room.owner
    with pytest.raises(Refusal, match="书面承诺"):
        changes.request_change("transfer", room.pk, data, reason="买卖", actor=alice, on=ON, options={"takeover": True})
    request = changes.request_change(
        "transfer", room.pk, data, reason="买卖", actor=alice, on=ON, options={"takeover": True}, files=[files.pdf()]
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
        "relief_from": "2025-11-01",
        "relief_to": "2030-10-31",
        "reason": "特审",
    }
    assert client.post(f"/a/property/owners/{room.owner_id}/change/", data).status_code == 302
    request = ChangeRequest.objects.get()
    mine = client.get(f"/a/property/changes/{request.pk}/")
    assert "撤回" in mine.content.decode() and not mine.context["decides"]
    client.force_login(bob)
    assert request.number in client.get("/a/property/changes/owners/").content.decode()
    page = client.get(f"/a/property/changes/{request.pk}/")
    assert page.context["decides"] and "特审户" in page.content.decode()
    done = client.post(f"/a/property/changes/{request.pk}/approve/", {"seen": page.context["seen"]}, follow=True)
    assert "变更已生效" in done.content.decode()
    for kind in ("area", "account", "state", "transfer"):
        assert client.get(f"/a/property/rooms/{room.pk}/{kind}/").status_code == 200


def transfer(room: Room, alice: Any, *uploads: Any, prepaid: str = "keep", **more: Any) -> ChangeRequest:
    data = {"new_owner_name": "新业主", "new_owner_phone": "16099999999"} | more.pop("data", {})
    options = {"prepaid": prepaid, "takeover": bool(uploads)}
    return changes.request_change(
        "transfer", room.pk, data, reason="买卖", actor=alice, on=ON, options=options, files=uploads, **more
    )


def test_a_prepayment_left_with_the_account_goes_over_with_the_room(room: Room, alice: Any, bob: Any) -> None:
    pay(room, "2200.00", alice, prepay=True)
    approve(transfer(room, alice), bob)
    assert Prepayment.objects.get().balance == Decimal("50.80") and Room.objects.get().owner.name == "新业主"
    assert sound()


def test_a_prepayment_to_be_returned_is_owed_to_the_old_owner_and_to_nobody_else(
    room: Room, alice: Any, bob: Any, client: Client
) -> None:
    pay(room, "2200.00", alice, prepay=True)
    old = room.owner
    request = transfer(room, alice, prepaid="refund")
    rows, _ = changes.effect(request.pk, on=ON, actor=bob)
    assert [(r["what"], r["due_before"], r["due_after"]) for r in rows] == [
        ("预存款", "-50.80", "0.00"),
        ("待退还业主", "0.00", "-50.80"),
    ]
    approve(request, bob)
    owed = Excess.objects.get()
    assert (owed.owner, owed.owner_name, owed.amount) == (old, old.name, Decimal("50.80"))
    assert Prepayment.objects.get().balance == 0 and sound()
    clerk = build.user("clerk", room.office, build.role(room.company, "billing.view_excess"))
    client.force_login(clerk)
    assert old.name in client.get("/a/billing/excesses/").content.decode()
    stranger = build.site(build.company("别家热力"))
    client.force_login(build.user("eve", stranger, build.role(stranger.company, "billing.view_excess")))
    assert old.name not in client.get("/a/billing/excesses/").content.decode()


def test_a_transfer_waits_for_its_day(room: Room, alice: Any, bob: Any) -> None:
    pay(room, "2149.20", alice)
    request = transfer(room, alice, effective_on=date(2025, 12, 1))
    with pytest.raises(Refusal, match="2025-12-01"):
        approve(request, bob)
    later = date(2025, 12, 1)
    _, seen = changes.effect(request.pk, on=later, actor=bob)
    decisions.approve(ChangeRequest, request.pk, seen=seen, actor=bob, on=later, now=NOW)
    assert Room.objects.get().owner.name == "新业主" and sound()


def test_the_new_owner_may_be_one_who_is_there(room: Room, alice: Any, bob: Any) -> None:
    pay(room, "2149.20", alice)
    there = build.owner(room.office)
    with pytest.raises(Refusal, match="没有这个业主编号"):
        transfer(room, alice, data={"new_owner_number": "Y0"})
    with pytest.raises(Refusal, match="现在的业主"):
        transfer(room, alice, data={"new_owner_number": room.owner.number})
    approve(transfer(room, alice, data={"new_owner_number": there.number}), bob)
    room.refresh_from_db()
    assert room.owner == there and Owner.objects.count() == 2
    assert bill_contracts(Season.objects.get(), on=ON, actor=None) is None  # the order that stands is not made again
    assert sound()


def test_a_waiting_contract_stands_in_the_way_of_a_transfer(room: Room, alice: Any) -> None:
    pay(room, "2149.20", alice)
    Contract.objects.update(state="pending")
    with pytest.raises(Refusal, match="待审批的签约"):
        transfer(room, alice)
