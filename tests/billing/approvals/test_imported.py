"""What an import asks for of rooms that are there: product, old debt, owner — as the approver sees it."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from django.test import Client

from billing.models import Contract, LedgerEntry, Order, Prepayment, SeasonRollup
from heating.approvals.services import decisions
from heating.kit.errors import Refusal
from property.models import ChangeRequest, Owner, Room
from tests import build
from tests.billing.asking import NOW, Town, assert_sound, due

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return Town()


def asked(town: Town, room: Room, before: dict[str, Any], after: dict[str, Any]) -> ChangeRequest:
    """A request as `billing.imports.rooms.requests` files it."""
    return ChangeRequest.objects.create(
        company=town.company, office=town.site, community=room.community, building=room.building, room=room,
        owner=room.owner, number=f"BG{next(build.serial):08d}", kind="import", before=before, after=after,
        submitted_by=town.alice, batch_id=7,
    )  # fmt: skip


def dearer(town: Town, code: str = "RZ-26", price: str = "26.00", **fields: Any) -> Any:
    sheet = build.Sheet(code, code, build.PRODUCT_A.kind, build.PRODUCT_A.version | {"price": D(price)})
    return build.product(town.season, sheet, **fields)


def to_product(town: Town, room: Room, code: str | None, before: str = "RZ-2025") -> ChangeRequest:
    return asked(town, room, {"product_code": before}, {"product_code": code})


def test_another_product_prices_an_open_order_again(town: Town) -> None:
    room, version = town.room(), dearer(town)
    town.pay(room, "1000.00")
    effect = town.approve(to_product(town, room, "RZ-26"))
    order = Order.objects.get()
    assert (order.principal, order.paid, order.version) == (D("2328.30"), D("1000.00"), version)
    assert [(r["principal_before"], r["principal_after"]) for r in effect] == [("2149.20", "2328.30")]
    live = Contract.objects.get(state="approved")
    assert (order.contract, live.product.code, live.submitted_by, live.decided_by) == (
        live, "RZ-26", town.alice, town.bob,
    )  # fmt: skip
    assert Contract.objects.get(state="terminated").product.code == "RZ-2025"
    assert_sound()


def test_a_dearer_product_after_payment_is_a_supplement_and_a_cheaper_one_credit(town: Town) -> None:
    dearer(town)
    dearer(town, "RZ-20", "20.00")
    up, down = town.room(), town.room()
    for room in (up, down):
        town.pay(room, "2149.20")
    town.approve(to_product(town, up, "RZ-26"))
    town.approve(to_product(town, down, "RZ-20"))
    assert Order.objects.get(room=up, fee_kind="supplement").principal == D("179.10") == due(up)
    assert Prepayment.objects.get(room=down).balance == D("358.20") and not due(down)
    assert_sound()


def test_x08_by_a_product_of_the_lower_price(town: Town) -> None:
    """X08: 28 → 26 after payment of 75.35 ㎡ gives 150.70."""
    first = dearer(town, "RZ-28", "28.00")
    dearer(town)
    room = town.room(first, floor_area=D("75.35"))
    town.pay(room, "2109.80")
    town.approve(to_product(town, room, "RZ-26", before="RZ-28"))
    assert Prepayment.objects.get().balance == D("150.70")
    assert_sound()


def test_another_kind_of_product_moves_the_order_in_the_sums(town: Town) -> None:
    business = build.product(town.season, build.PRODUCT_E)
    room = town.room()
    town.approve(to_product(town, room, business.product.code))
    order = Order.objects.get()
    assert (order.product_kind, order.principal) == ("business", D("2865.60"))
    assert SeasonRollup.objects.get(product_kind="business").principal == D("2865.60")
    assert_sound()


def test_a_room_without_contract_is_signed_and_billed_and_one_without_product_is_ended(town: Town) -> None:
    room = build.room(office=town.site)
    effect = town.approve(to_product(town, room, "RZ-2025", before=""))
    assert effect[0]["principal_after"] == "2149.20" and Order.objects.get().state == "unpaid"
    town.approve(to_product(town, room, ""))
    assert Order.objects.get().state == "void" and Contract.objects.get().state == "terminated"
    assert_sound()


def test_a_product_that_cannot_be_is_refused_with_a_sentence(town: Town) -> None:
    room = town.room()
    town.pay(room, "100.00")
    with pytest.raises(Refusal, match="没有生效的版本"):
        town.approve(to_product(town, room, "NONE"))
    ChangeRequest.objects.update(state="rejected")
    with pytest.raises(Refusal, match="已有缴费"):
        town.approve(to_product(town, room, None))
    ChangeRequest.objects.update(state="rejected")
    bare = build.room(office=town.site, heat_state="dismantled")
    with pytest.raises(Refusal, match="拆网"):
        town.approve(to_product(town, bare, "RZ-2025", before=""))
    assert_sound()


def debt(town: Town, room: Room, amount: str, season: str = "2023-2024采暖季") -> ChangeRequest:
    return asked(town, room, {"debt": None}, {"debt": {"season": season, "amount": amount}})


def test_an_old_debt_becomes_an_order_as_the_import_makes_it(town: Town) -> None:
    room = town.room()
    effect = town.approve(debt(town, room, "500.00"))
    order = Order.objects.get(fee_kind="arrears")
    assert (order.principal, order.state, order.season.year, order.season.state) == (
        D("500.00"), "unpaid", 2023, "ended",
    )  # fmt: skip
    assert (effect[0]["what"], effect[0]["principal_after"]) == ("2023-2024采暖季 往年欠费", "500.00")
    town.approve(debt(town, room, "420.00"))
    living = Order.objects.alive().get(fee_kind="arrears")
    assert living.principal == D("420.00")
    assert not LedgerEntry.objects.filter(account="old_arrears", side="debit").exclude(amount=D("500.00")).exists()
    assert_sound()
    town.approve(debt(town, room, "0.00"))
    assert not Order.objects.alive().filter(fee_kind="arrears").exists()
    assert_sound()


def test_a_debt_that_has_moved_or_is_not_old_is_refused(town: Town) -> None:
    room = town.room()
    town.approve(debt(town, room, "500.00"))
    town.pay(room, "100.00")
    with pytest.raises(Refusal, match="部分缴费"):
        town.approve(debt(town, room, "400.00"))
    ChangeRequest.objects.filter(state="pending").update(state="rejected")
    with pytest.raises(Refusal, match="早于当前采暖季"):
        town.approve(debt(town, room, "400.00", "2025-2026采暖季"))


def test_area_and_product_together_are_priced_once(town: Town) -> None:
    dearer(town)
    room = town.room()
    town.pay(room, "2149.20")
    before = {"floor_area": "89.55", "product_code": "RZ-2025", "debt": None}
    after = {"floor_area": "92.10", "product_code": "RZ-26", "debt": {"season": "2023-2024采暖季", "amount": "7.00"}}
    town.approve(asked(town, room, before, after))
    assert Order.objects.get(fee_kind="supplement").principal == D("245.40")  # 92.10 × 26 − 2149.20
    assert_sound()


def test_the_only_room_of_an_owner_corrects_their_name(town: Town) -> None:
    room = town.room(owner=build.owner(town.site, "张三", "16012345678"))
    before = {"owner_name": "张三", "owner_phone": "16012345678", "owner_kind": "private"}
    town.approve(
        asked(town, room, before, {"owner_name": "张三丰", "owner_phone": "16087654321", "owner_kind": "public"})
    )
    owner = Owner.objects.get()
    assert (owner.name, owner.phone, owner.kind) == ("张三丰", "16087654321", "public")


def test_one_of_several_rooms_does_not_rename_the_owner_of_the_others(town: Town) -> None:
    owner = build.owner(town.site, "张三", "16012345678")
    first, second = town.room(owner=owner), town.room(owner=owner)
    with pytest.raises(Refusal, match="名下有 2 户"):
        town.approve(asked(town, first, {"owner_name": "张三"}, {"owner_name": "李四"}))
    ChangeRequest.objects.update(state="rejected")
    there = build.owner(town.site, "李四", "16012345678")
    with pytest.raises(Refusal, match=there.number):
        town.approve(asked(town, first, {"owner_name": "张三"}, {"owner_name": "李四"}))
    ChangeRequest.objects.update(state="rejected")
    # A phone is the person's, whichever room's row says it; the second row then finds it as it wants it.
    requests = [asked(town, r, {"owner_phone": "16012345678"}, {"owner_phone": "16087654321"}) for r in (first, second)]
    for request in requests:
        town.approve(request)
    owner.refresh_from_db()
    assert owner.phone == "16087654321" and {r.owner_id for r in Room.objects.all()} == {owner.pk}


def test_relief_by_a_rooms_row_counts_for_all_rooms_of_the_owner_and_is_shown(town: Town) -> None:
    owner = build.owner(town.site, relief_from=build.date(2025, 1, 1), relief_to=build.date(2027, 1, 1))
    first, second = town.room(owner=owner), town.room(owner=owner)
    request = asked(town, first, {"owner_relief": "normal", "floor_area": "89.55"},
                    {"owner_relief": "low_income", "floor_area": "100.00"})  # fmt: skip
    effect = town.approve(request)
    assert {(r["account"], r["principal_after"]) for r in effect} == {
        (first.account_no, "1200.00"), (second.account_no, "1074.60"),
    }  # fmt: skip
    assert_sound()


def test_relief_by_a_row_without_validity_is_refused(town: Town) -> None:
    with pytest.raises(Refusal, match="有效期"):
        town.approve(asked(town, town.room(), {"owner_relief": "normal"}, {"owner_relief": "low_income"}))


def test_a_requests_own_words_are_readable(town: Town, client: Any) -> None:
    request = asked(town, town.room(), {"product_code": "RZ-2025", "debt": None, "owner_phone": "16012345678"},
                    {"product_code": "RZ-26", "debt": {"season": "2023-2024采暖季", "amount": "7.00"},
                     "owner_phone": "16087654321"})  # fmt: skip
    client.force_login(town.bob)
    for address in (f"/a/property/changes/{request.pk}/", "/a/property/changes/rooms/"):
        page = client.get(address).content.decode()
        assert "签约产品" in page and "2023-2024采暖季 7.00 元" in page and "160****4321" in page
        assert "16087654321" not in page


def test_what_a_file_asked_for_is_edited_and_comes_again_like_any_other(town: Town, client: Client) -> None:
    dearer(town)
    room = town.room()
    before = {"floor_area": "89.55", "owner_relief": "normal", "product_code": "RZ-2025"}
    request = asked(town, room, before, {"floor_area": "95.00", "owner_relief": "low_income", "product_code": "RZ-26"})
    decisions.reject(ChangeRequest, request.pk, reason="面积有误，缺有效期", actor=town.bob, now=NOW)
    client.force_login(town.alice)
    address = f"/a/property/changes/imported/{request.pk}/edit/"
    assert f'href="{address}"' in client.get(f"/a/property/changes/{request.pk}/").content.decode()
    form = client.get(address).context["form"]
    assert list(form.fields) == ["floor_area", "owner_relief", "relief_from", "relief_to", "reason", "files"]
    assert str(form["floor_area"].value()) == "95.00"
    sent = {"floor_area": "92.10", "owner_relief": "low_income", "reason": "改正"}
    assert client.post(address, sent | {"relief_from": "2025-10-01", "relief_to": "2026-10-31"}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.after["product_code"], request.before["product_code"]) == (
        "pending", "RZ-26", "RZ-2025",
    )  # fmt: skip
    town.approve(request)
    room.refresh_from_db()
    assert (room.floor_area, room.owner.relief) == (D("92.10"), "low_income")
    assert Contract.objects.get(state="approved").product.code == "RZ-26"
    assert_sound()


def test_phones_of_a_file_stay_hidden_from_another_editor_and_unchanged(town: Town, client: Client) -> None:
    room = town.room()
    request = asked(town, room, {"owner_phone": room.owner.phone}, {"owner_phone": "16099998888", "note": "x"})
    client.force_login(town.bob)
    address = f"/a/property/changes/imported/{request.pk}/edit/"
    page = client.get(address)
    assert "16099998888" not in page.content.decode() and "owner_phone" not in page.context["form"].fields
    assert client.post(address, {"note": "新备注", "reason": "改"}).status_code == 302
    request.refresh_from_db()
    assert (request.after, request.edited_by) == ({"owner_phone": "16099998888", "note": "新备注"}, town.bob)
