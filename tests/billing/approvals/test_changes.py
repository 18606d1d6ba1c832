"""The single rules of a change that takes effect: what is refused, whose orders follow, when 优抚 counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from billing.approvals.imported import ImportedChange
from billing.approvals.priced import refuse_bare_relief, relief_for, rooms_to_price
from billing.approvals.transfer import TransferChange
from billing.models import Order
from heating.approvals.services import decisions
from heating.approvals.states import ApprovalState
from heating.kit.errors import Refusal
from property.models import Attachment, ChangeRequest, Owner, Room
from property.services import changes
from property.services.changes import change_of, text_of
from tests import build
from tests.billing.asking import NOW, ON, VALID, Town, assert_sound

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def town() -> Town:
    return Town()


def wish(room: Room | None = None, owner: Owner | None = None, **after: Any) -> ChangeRequest:
    return ChangeRequest(kind="import" if room else "owner", room=room, owner=owner, before={}, after=after)


def rooms_of(request: ChangeRequest) -> list[int]:
    return change_of(request).affected_rooms(request)


def second(town: Town, owner: Owner) -> Room:
    return town.room(owner=owner)


def refused(check: Any, *what: Any) -> str:
    try:
        check(*what)
    except Refusal as refusal:
        return f"{refusal.field or ''} {refusal.sentence}"
    return ""


def test_relief_counts_when_it_is_valid_for_the_whole_season(town: Town) -> None:
    begin, end = town.season.starts_on, town.season.ends_on
    for first, last, counts in (
        (None, None, True),
        (begin, end, True),
        (begin - DAY, end + DAY, True),
        (begin + DAY, end, False),
        (begin + DAY, None, False),
        (begin, end - DAY, False),
        (None, end - DAY, False),
        (begin, None, True),
        (None, end, True),
    ):
        owner = Owner(relief="low_income", relief_from=first, relief_to=last)
        assert relief_for(owner, town.season) == ("low_income" if counts else "normal"), (first, last)


def test_whose_orders_may_follow(town: Town) -> None:
    room = town.room()
    other, strange = second(town, room.owner), town.room()
    both = sorted((room.pk, other.pk))
    assert rooms_of(wish(room=room, floor_area="90")) == [room.pk]
    assert rooms_of(wish(room=room, owner_relief="low_income")) == both
    assert rooms_of(wish(owner=room.owner, name="李四")) == both
    assert rooms_of(wish(owner=room.owner, relief="low_income")) == both
    assert strange.pk not in both


def test_rooms_that_are_priced_again(town: Town) -> None:
    room = town.room()
    other = second(town, room.owner)
    contract = room.contracts.get()
    assert rooms_to_price(room.owner, room, {"floor_area"}, None) == [room]
    assert rooms_to_price(room.owner, room, set(), contract) == [room]
    assert rooms_to_price(room.owner, room, set(), None) == []
    assert rooms_to_price(room.owner, None, set(), None) == []
    assert rooms_to_price(room.owner, None, {"relief"}, None) == [room, other]
    found = rooms_to_price(room.owner, room, {"relief", "floor_area"}, None)
    assert found == [room, other] and found[0] is room


def test_what_is_old_must_still_be_old_or_already_as_wanted(town: Town) -> None:
    room = town.room()
    owner = room.owner
    ask = wish(room=room, floor_area="92.10", owner_phone="16011112222", product_code="A")
    ask.before = {"floor_area": "89.55", "owner_phone": owner.phone}
    assert refused(change_of(ask).refuse_stale, ask, owner, room) == ""
    room.floor_area = text_of("92.1")
    assert refused(change_of(ask).refuse_stale, ask, owner, room) == ""
    room.floor_area = text_of("91")
    assert "建筑面积在申请之后已变更" in refused(change_of(ask).refuse_stale, ask, owner, room)
    ask = wish(owner=owner, id_hash="b")
    ask.before = {"id_hash": None}
    assert refused(change_of(ask).refuse_stale, ask, owner, None) == ""
    owner.id_hash = "a"
    assert "证件号码在申请之后已变更" in refused(change_of(ask).refuse_stale, ask, owner, None)
    for strange in (wish(owner=owner, colour="red"), wish(owner=owner, floor_area="1")):
        assert "不能识别" in refused(change_of(strange).refuse_stale, strange, owner, None)


def test_another_name_for_one_of_several_rooms_is_another_owner(town: Town) -> None:
    room = town.room()
    owner, there = room.owner, build.owner(town.site, name="李四", phone="16011112222")
    assert refused(ImportedChange().check, wish(owner=owner, name="李四"), owner, None) == ""
    assert refused(ImportedChange().check, wish(room=room, floor_area="1"), owner, room) == ""
    assert refused(ImportedChange().check, wish(room=room, owner_name=owner.name), owner, room) == ""
    assert refused(ImportedChange().check, wish(room=room, owner_name="王五"), owner, room) == ""
    taken = wish(room=room, owner_name="李四", owner_phone="16011112222")
    assert f"编号 {there.number}" in refused(ImportedChange().check, taken, owner, room)
    second(town, owner)
    assert refused(ImportedChange().check, wish(room=room, owner_phone="16033334444"), owner, room) == ""
    assert refused(ImportedChange().check, wish(room=room, owner_name=owner.name), owner, room) == ""
    assert "名下有 2 户" in refused(ImportedChange().check, wish(room=room, owner_name="王五"), owner, room)


def test_relief_needs_its_days_and_its_paper(town: Town) -> None:
    ask = town.ask_owner(town.room(), {"name": "李四"})
    ask.after = {"relief": "low_income"}
    owner = Owner(company=town.company, relief="low_income", **VALID)
    assert refused(refuse_bare_relief, ask, owner) == ""
    for missing in VALID:
        bare = Owner(company=town.company, relief="low_income", **(VALID | {missing: None}))
        assert "relief_to" in refused(refuse_bare_relief, ask, bare)
    assert refused(refuse_bare_relief, ask, Owner(company=town.company, relief="normal")) == ""
    build.parameter(town.company, "优抚变更须附件", "是")
    assert "files" in refused(refuse_bare_relief, ask, owner)
    Attachment.objects.create(request=ask, name="a.pdf", file="a", size=1, sha256="0" * 64, added_by=town.alice)
    assert refused(refuse_bare_relief, ask, owner) == ""


def test_an_order_of_a_past_season_and_one_without_a_product_stay(town: Town) -> None:
    room = town.room()
    past = build.old_debt(room, build.season(town.company, 2023, current=False), "500.00")
    town.approve(town.ask(room, "area", {"floor_area": "92.10"}))
    past.refresh_from_db()
    assert str(past.principal) == "500.00"
    assert str(Order.objects.alive().get(room=room, season=town.season).principal) == "2210.40"


def test_only_what_changed_is_given_to_the_price(town: Town) -> None:
    room = town.room()
    other = second(town, room.owner)
    Room.objects.filter(pk=other.pk).update(heat_state="vacant")
    before = Order.objects.get(room=other).principal
    town.approve(town.ask(room, "area", {"floor_area": "92.10"}))
    assert Order.objects.get(room=other).principal == before
    town.approve(town.ask_owner(room, {"relief": "low_income", **VALID}))
    assert {order.relief for order in Order.objects.filter(room__owner=room.owner)} == {"low_income"}
    assert not Order.objects.get(room=other).vacancy
    assert_sound()


def test_who_had_a_hand_in_it_does_not_decide(town: Town) -> None:
    ask = town.ask(town.room(), "area", {"floor_area": "92.10"})
    assert ask.involves(town.alice) is True and ask.involves(town.bob) is False
    Attachment.objects.create(request=ask, name="a.pdf", file="a", size=1, sha256="0" * 64, added_by=town.dora)
    assert ask.involves(town.dora) is True and ask.involves(town.bob) is False
    ask.edited_by = town.bob
    assert ask.involves(town.bob) is True
    for step in (decisions.reject, decisions.approve):
        more = {"reason": "x"} if step is decisions.reject else {"seen": "", "on": ON}
        with pytest.raises(Refusal, match="提交或编辑"):
            step(ChangeRequest, ask.pk, actor=town.dora, now=NOW, **more)


def test_each_decision_gives_the_request_back(town: Town) -> None:
    room = town.room()
    ask = town.ask(room, "area", {"floor_area": "92.10"})
    with pytest.raises(Refusal, match="只能撤回自己"):
        decisions.withdraw(ChangeRequest, ask.pk, actor=town.bob)
    assert decisions.withdraw(ChangeRequest, ask.pk, actor=town.alice).state == ApprovalState.WITHDRAWN
    assert changes.effect(ask.pk, on=ON, actor=town.bob)[0] == []
    ask = town.ask(room, "area", {"floor_area": "92.10"})
    assert (
        decisions.reject(ChangeRequest, ask.pk, reason="不对" * 200, actor=town.bob, now=NOW).decision_note
        == ("不对" * 200)[:300]
    )
    ask = town.ask(room, "area", {"floor_area": "92.10"})
    rows, seen = changes.effect(ask.pk, on=ON, actor=town.bob)
    done = decisions.approve(ChangeRequest, ask.pk, seen=seen, actor=town.bob, on=ON, now=NOW)
    assert (done.state, done.decided_by, done.decided_at, done.effect) == (ApprovalState.APPROVED, town.bob, NOW, rows)
    assert rows and changes.effect(ask.pk, on=ON, actor=town.dora)[0] == rows


def test_the_wanted_owner_is_found_by_number_or_by_name_and_phone(town: Town) -> None:
    room = town.room()
    there, gone = build.owner(town.site), build.owner(town.site, active=False)
    foreign = build.owner(build.company("邻家"))
    known = {"new_owner_number": there.number, "new_owner_name": there.name, "new_owner_phone": there.phone}

    def want(**data: str) -> Any:
        return TransferChange().wanted(room, data, kept={}, actor=town.alice)

    assert want(new_owner_number=there.number) == known
    assert want(new_owner_name=there.name, new_owner_phone=there.phone) == known
    new = {"new_owner_name": there.name, "new_owner_phone": "16099998888"}
    assert want(**new) == new
    for number in (foreign.number, "T99999999"):
        with pytest.raises(Refusal, match="没有这个业主编号"):
            want(new_owner_number=number)
    with pytest.raises(Refusal, match="就是现在的业主"):
        want(new_owner_number=room.owner.number)
    with pytest.raises(Refusal, match="已停用"):
        want(new_owner_number=gone.number)


def test_a_transfer_waits_for_the_day_it_names_and_not_longer(town: Town) -> None:
    ask = ChangeRequest(kind="transfer", after={"new_owner_name": "李四"}, effective_on=ON + DAY)
    assert f"{ON + DAY:%Y-%m-%d}" in change_of(ask).not_yet(ask, ON) and change_of(ask).not_yet(ask, ON + DAY) == ""
    ask.effective_on = None
    assert change_of(ask).not_yet(ask, ON) == ""
    ask = ChangeRequest(kind="area", after={"floor_area": "1"}, effective_on=date(2999, 1, 1))
    assert change_of(ask).not_yet(ask, ON) == ""


def test_an_edit_says_everything_anew(town: Town) -> None:
    room = town.room()
    town.pay(room, "2200.00", prepay=True)
    wanted = {"new_owner_name": "李四", "new_owner_phone": "16011112222"}
    ask = town.ask(room, "transfer", wanted, options={"prepaid": "refund"}, effective_on=ON + DAY)
    sent = ask.submitted_at

    def edit(**more: Any) -> ChangeRequest:
        return changes.edit_change(ask.pk, wanted, reason="改", actor=town.alice, on=ON, now=NOW, **more)

    made = edit()
    assert (made.options, made.effective_on, made.reason, made.submitted_at) == ({}, ON, "改", sent)
    made = edit(options={"prepaid": "refund"}, effective_on=ON + 2 * DAY)
    assert (made.options, made.effective_on) == ({"prepaid": "refund"}, ON + 2 * DAY)
    decisions.reject(ChangeRequest, ask.pk, reason="不对", actor=town.bob, now=NOW)
    made = edit(options={"prepaid": "refund"})
    assert (made.state, made.submitted_at, made.decided_by, made.decided_at) == (ApprovalState.PENDING, NOW, None, None)
    assert made.decision_note == "" and made.after == wanted


def test_a_room_that_is_not_billed_is_changed_all_the_same(town: Town) -> None:
    bare = build.room(office=town.site)
    town.approve(town.ask(bare, "area", {"floor_area": "92.10"}))
    assert str(Room.objects.get(pk=bare.pk).floor_area) == "92.10" and not Order.objects.filter(room=bare).exists()
    room = town.room()
    own = Order.objects.get(room=room, season=town.season)
    Order.objects.filter(pk=own.pk).update(fee_kind="arrears")
    town.approve(town.ask(room, "area", {"floor_area": "92.10"}))
    own.refresh_from_db()
    assert str(own.principal) == "2149.20"
