"""Requests edited while they wait, submitted again after 驳回 or 撤回, and what may be emptied."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from heating.approvals.services import decisions
from heating.audit.models import Record
from heating.kit.errors import Refusal
from property.models import ChangeRequest, Owner, Room
from property.services import changes
from property.services.owners import reveal_owner, sealed
from tests import build
from tests.billing.asking import ASK, NOW, ON, Town, assert_sound

pytestmark = pytest.mark.django_db
CARD = "11010519491231002X"


@pytest.fixture
def town() -> Town:
    return Town()


def edit(request: ChangeRequest, after: dict[str, Any], actor: Any, **more: Any) -> ChangeRequest:
    return changes.edit_change(request.pk, after, reason="改", actor=actor, on=ON, now=NOW, **more)


def test_an_edit_changes_the_effect_and_its_editor_cannot_approve(town: Town) -> None:
    room = town.room()
    request = town.ask(room, "area", {"floor_area": "92.10"})
    _, seen = changes.effect(request.pk, on=ON, actor=town.dora)
    edit(request, {"floor_area": "95.00"}, town.bob)
    for person, why in ((town.dora, "已变化"), (town.bob, "提交或编辑"), (town.alice, None)):
        with pytest.raises((Refusal, ChangeRequest.DoesNotExist), match=why):
            decisions.approve(ChangeRequest, request.pk, seen=seen, actor=person, on=ON, now=NOW)
    town.approve(request, by=town.dora)
    assert str(Room.objects.get().floor_area) == "95.00"
    assert_sound()


def test_a_rejected_or_withdrawn_request_comes_again_under_its_number(town: Town) -> None:
    room = town.room()
    request = town.ask(room, "area", {"floor_area": "92.10"})
    decisions.reject(ChangeRequest, request.pk, reason="面积有误", actor=town.bob, now=NOW)
    edit(request, {"floor_area": "91.00"}, town.alice)
    request.refresh_from_db()
    assert (request.state, request.decided_by, request.reason) == ("pending", None, "改")
    decisions.withdraw(ChangeRequest, request.pk, actor=town.alice)
    edit(request, {"floor_area": "90"}, town.alice)
    town.approve(request)
    assert str(Room.objects.get().floor_area) == "90.00"
    with pytest.raises(Refusal, match="通过"):
        edit(request, {"floor_area": "80.00"}, town.alice)
    told = Record.objects.filter(target_id=request.pk, event__startswith="change.").order_by("id")
    assert list(told.values_list("event", flat=True)) == [
        "change.submit", "change.reject", "change.submit", "change.withdraw", "change.submit", "change.approve",
    ]  # fmt: skip
    assert_sound()


def test_a_second_request_stands_in_the_way_of_submitting_again(town: Town) -> None:
    room = town.room()
    request = town.ask(room, "area", {"floor_area": "92.10"})
    decisions.withdraw(ChangeRequest, request.pk, actor=town.alice)
    town.ask(room, "area", {"floor_area": "93.00"})
    with pytest.raises(Refusal, match="待审批"):
        edit(request, {"floor_area": "91.00"}, town.alice)


def test_what_stays_the_same_is_no_change_however_it_is_written(town: Town) -> None:
    room = town.room(floor_area="90.00", height="3.00")
    with pytest.raises(Refusal, match="没有任何变化"):
        town.ask(room, "area", {"floor_area": "90", "height": "3.0"})


def test_a_value_changed_meanwhile_is_not_overwritten_unseen(town: Town) -> None:
    room = town.room()
    request = town.ask(room, "area", {"floor_area": "92.10"})
    Room.objects.update(floor_area="91.00")
    with pytest.raises(Refusal, match="建筑面积在申请之后已变更"):
        town.approve(request)


def test_a_request_that_cannot_be_applied_still_opens_and_can_be_rejected(town: Town, client: Client) -> None:
    request = town.ask(town.room(), "area", {"floor_area": "92.10"})
    Room.objects.update(floor_area="91.00")
    client.force_login(town.bob)
    page = client.get(f"/a/property/changes/{request.pk}/")
    assert page.status_code == 200 and "现在不能通过" in page.content.decode()
    done = client.post(f"/a/property/changes/{request.pk}/reject/", {"reason": "过时"})
    request.refresh_from_db()
    assert done.status_code == 302 and request.state == "rejected"


def test_emptied_fields_are_emptied_and_a_document_only_by_its_tick(town: Town, client: Client) -> None:
    room = town.room(owner=build.owner(town.site, "某公司", "16012345678", org_name="某公司", tax_no="91",
                                       note="旧", kind="public", **sealed("身份证", CARD)))  # fmt: skip
    client.force_login(town.alice)
    address = f"/a/property/owners/{room.owner_id}/change/"
    page = client.get(address).content.decode()
    assert "16012345678" not in page and CARD not in page and "清除证件号码" in page
    data = {"name": "某公司", "phone": "", "kind": "public", "relief": "normal", "reason": "清理", "id_kind": "身份证"}
    assert client.post(address, data).status_code == 302
    town.approve(ChangeRequest.objects.get())
    owner = Owner.objects.get()
    assert (owner.org_name, owner.tax_no, owner.note, owner.phone) == ("", "", "", "16012345678")
    build_revealer = build.user("eva", town.company, build.role(town.company, "property.view_sensitive"))
    assert reveal_owner(owner.pk, actor=build_revealer).id_no == CARD
    both = client.post(address, data | {"clear_id": "on", "id_no": CARD})
    assert both.status_code == 422 and both.context["form"].errors["clear_id"]
    assert client.post(address, data | {"clear_id": "on"}).status_code == 302
    town.approve(ChangeRequest.objects.latest("id"))
    owner.refresh_from_db()
    assert (owner.id_kind, owner.id_cipher, owner.id_hash, owner.id_tail) == ("", "", "", "")


def test_editing_on_the_page_keeps_what_is_not_shown(town: Town, client: Client) -> None:
    room = town.room(owner=build.owner(town.site, "张三", "16012345678"))
    after = {"phone": "16087654321", "id_kind": "身份证", "id_no": CARD}
    request = town.ask_owner(room, after)
    client.force_login(town.dora)
    address = f"/a/property/changes/owners/{request.pk}/edit/"
    page = client.get(address).content.decode()
    assert "16087654321" not in page and "16012345678" not in page
    data = {"name": "张三丰", "phone": "", "kind": "private", "relief": "normal", "reason": "更正"}
    assert client.post(address, data).status_code == 302
    request.refresh_from_db()
    assert request.edited_by == town.dora and request.after["phone"] == "16087654321"
    assert request.after["name"] == "张三丰" and request.after["id_tail"] == "002X"
    town.approve(request)
    assert Owner.objects.get().name == "张三丰"


def test_only_holders_of_the_permission_edit_and_outside_the_scope_there_is_nothing(town: Town, client: Client) -> None:
    request = town.ask(town.room(), "area", {"floor_area": "92.10"})
    west = build.site(build.company("别家热力"))
    client.force_login(build.user("eve", west, build.role(west.company, *ASK)))
    for step in ("edit", "attach"):
        assert client.get(f"/a/property/changes/{request.pk}/{step}/").status_code == 404
    looker = build.user("looker", town.site, build.role(town.company, "property.view_changerequest"))
    client.force_login(looker)
    assert client.get(f"/a/property/changes/{request.pk}/edit/").status_code == 403
    assert "编辑" not in client.get(f"/a/property/changes/{request.pk}/").content.decode()
    with pytest.raises(ChangeRequest.DoesNotExist):
        edit(request, {"floor_area": "91.00"}, looker)


def test_the_transfer_page_is_filled_in_again(town: Town, client: Client) -> None:
    room = town.room()
    town.pay(room, "2149.20")
    client.force_login(town.alice)
    today = f"{build.date.today():%Y-%m-%d}"
    data = {"new_owner_name": "新业主", "new_owner_phone": "16099999999", "effective_on": today, "prepaid": "refund"}
    address = f"/a/property/rooms/{room.pk}/transfer/"
    assert client.post(address, data | {"new_owner_phone": "", "reason": "买卖"}).status_code == 422
    assert client.post(address, data | {"effective_on": "2090-01-01", "reason": "买卖"}).status_code == 422
    assert client.post(address, data | {"reason": "买卖"}).status_code == 302
    request = ChangeRequest.objects.get()
    assert request.options == {"takeover": False, "prepaid": "refund"} and str(request.effective_on) == today
    decisions.withdraw(ChangeRequest, request.pk, actor=town.alice)
    form = client.get(f"/a/property/changes/{request.pk}/edit/").context["form"]
    assert {name: form[name].value() for name in ("new_owner_name", "new_owner_phone", "prepaid")} == {
        "new_owner_name": "新业主", "new_owner_phone": "16099999999", "prepaid": "refund",
    }  # fmt: skip
    assert client.post(f"/a/property/changes/{request.pk}/edit/", data | {"reason": "再来"}).status_code == 302
    town.approve(request, on=build.date.today())
    assert Room.objects.get().owner.name == "新业主"
    assert_sound()


def test_what_changes_stands_in_the_order_of_the_form_below_the_way_back(town: Town, client: Client) -> None:
    after = {"relief": "low_income", "relief_from": "2025-11-01", "relief_to": "2026-10-31"}
    request = town.ask_owner(town.room(), after)
    client.force_login(town.bob)
    page = client.get(f"/a/property/changes/{request.pk}/")
    assert [label for label, *_ in page.context["fields"]] == ["优抚类型", "优抚有效期起", "优抚有效期止"]
    assert '<a href="/a/property/changes/owners/">业主变更审批</a>' in page.content.decode()


def test_nobody_out_of_use_becomes_an_owner_whether_asked_or_approved(town: Town) -> None:
    room, heir = town.room(), build.owner(town.site, "继任", "16000000077", active=False)
    town.pay(room, "2149.20")
    for after in (
        {"new_owner_number": heir.number},
        {"new_owner_name": heir.name, "new_owner_phone": heir.phone},
    ):
        with pytest.raises(Refusal, match=f"业主 继任（编号 {heir.number}）已停用，请先启用"):
            town.ask(room, "transfer", after)
    Owner.objects.filter(pk=heir.pk).update(active=True)
    request = town.ask(room, "transfer", {"new_owner_number": heir.number})
    Owner.objects.filter(pk=heir.pk).update(active=False)
    with pytest.raises(Refusal, match=f"新业主 继任（编号 {heir.number}）在申请之后已停用"):
        town.approve(request)
    Owner.objects.filter(pk=heir.pk).update(active=True)
    town.approve(request)
    assert Room.objects.get().owner == heir


def test_each_list_offers_its_own_kinds(town: Town, client: Client) -> None:
    client.force_login(town.bob)
    for address, has, lacks in (("owners", "业主变更", "过户"), ("rooms", "过户", "业主变更")):
        page = client.get(f"/a/property/changes/{address}/")
        words = [label for _, label in page.context["filters"].form.fields["kind"].choices]
        assert has in words and lacks not in words
