"""The single rules of 过户: debts, the new owner, what is signed again."""

from __future__ import annotations

from typing import Any

import pytest

from billing.approvals.transfer import TransferChange, new_owner, refuse_debts
from billing.models import Contract, Excess
from billing.states import ContractState
from heating.audit.models import Record
from heating.kit.errors import Refusal
from property.models import Attachment, ChangeRequest, Owner, Room
from tests import build
from tests.billing.asking import ON, Town

pytestmark = pytest.mark.django_db
NEW = {"new_owner_name": "李四", "new_owner_phone": "16011112222"}


@pytest.fixture
def town() -> Town:
    return Town()


def ask(town: Town, room: Room, after: dict[str, Any] | None = None, **options: Any) -> ChangeRequest:
    """A stored 过户 that nobody has tried yet."""
    return ChangeRequest.objects.create(
        kind="transfer",
        room=room,
        company=town.company,
        office=town.site,
        number=f"BG{room.pk}",
        before={},
        after=after or dict(NEW),
        options=options,
        submitted_by=town.alice,
    )


def paper(request: ChangeRequest, town: Town) -> None:
    Attachment.objects.create(request=request, name="a.pdf", file="a", size=1, sha256="0" * 64, added_by=town.alice)


def test_only_the_rooms_own_debt_stands_in_the_way(town: Town) -> None:
    room, other = town.room(), town.room()
    town.pay(room, "2149.20")
    assert other.orders.exists()
    refuse_debts(ask(town, room), room)
    with pytest.raises(Refusal, match=r"尚欠 2149.20 元，须先缴清"):
        refuse_debts(ask(town, other), other)


def test_a_takeover_needs_its_paper(town: Town) -> None:
    room = town.room()
    request = ask(town, room, takeover=True)
    with pytest.raises(Refusal, match="书面承诺") as told:
        refuse_debts(request, room)
    assert told.value.field == "files"
    paper(request, town)
    refuse_debts(request, room)
    request.options = {}
    with pytest.raises(Refusal, match="须先缴清"):
        refuse_debts(request, room)


def test_the_new_owner_is_made_or_found_and_never_guessed(town: Town) -> None:
    room = town.room()
    made = new_owner(ask(town, room), room, town.bob)
    assert (made.name, made.phone, made.company, made.created_by) == ("李四", "16011112222", town.company, town.alice)
    assert Record.objects.filter(event="owner.add", target_id=made.pk, actor=town.bob).exists()
    with pytest.raises(Refusal, match="同名同电话"):
        new_owner(ask(town, town.room()), room, town.bob)
    there = build.owner(town.site)
    other = town.room()
    assert new_owner(ask(town, other, {"new_owner_number": there.number}), other, town.bob) == there
    last = town.room()
    for gone in (build.owner(build.company("邻家")).number, "T99999999", build.owner(town.site, active=False).number):
        request = ChangeRequest(room=last, after={"new_owner_number": gone})
        with pytest.raises(Refusal, match=r"停用|删除"):
            new_owner(request, last, town.bob)


def test_what_the_request_leaves_open_stays_as_it_was(town: Town) -> None:
    room = town.room()
    name_only = ChangeRequest(room=room, after={"new_owner_name": "王五"}, submitted_by=town.alice)
    phone_only = ChangeRequest(room=room, after={"new_owner_phone": "16033334444"}, submitted_by=town.alice)
    assert new_owner(name_only, room, town.bob).phone == room.owner.phone
    assert new_owner(phone_only, room, town.bob).name == room.owner.name


def test_only_this_seasons_approved_contract_is_signed_again(town: Town) -> None:
    room = town.room()
    town.pay(room, "2149.20")
    past = build.contract(room, build.product(build.season(town.company, 2023, current=False), build.PRODUCT_E))
    dead = build.contract(room, town.version, state=ContractState.TERMINATED)
    old = Contract.objects.get(room=room, season=town.season, state=ContractState.APPROVED)
    TransferChange().hand_over(ask(town, room), room, on=ON, actor=town.bob)
    new = Contract.objects.get(room=room, season=town.season, state=ContractState.APPROVED)
    old.refresh_from_db()
    assert (old.state, old.terminated_on, new.owner) == (ContractState.TERMINATED, ON, Owner.objects.get(name="李四"))
    assert (new.submitted_by, new.decided_by, new.version) == (town.alice, town.bob, old.version)
    past.refresh_from_db()
    dead.refresh_from_db()
    assert (past.state, dead.terminated_on) == (ContractState.APPROVED, None)


@pytest.mark.parametrize("state", [ContractState.PENDING, ContractState.DRAFT])
def test_an_undecided_contract_of_another_season_is_no_obstacle(town: Town, state: str) -> None:
    room = town.room()
    town.pay(room, "2149.20")
    build.contract(room, build.product(build.season(town.company, 2023, current=False), build.PRODUCT_E), state=state)
    TransferChange().hand_over(ask(town, room), room, on=ON, actor=town.bob)
    assert Room.objects.get(pk=room.pk).owner.name == "李四"
    with pytest.raises(Refusal, match="待审批的签约"):
        home = build.room(office=town.site)
        build.contract(home, town.version, state=state)
        TransferChange().hand_over(
            ask(town, home, {"new_owner_name": "赵六", "new_owner_phone": "16055556666"}), home, on=ON, actor=town.bob
        )


def test_prepaid_money_is_given_back_only_when_asked(town: Town) -> None:
    for prepaid, owed in (("refund", "50.80"), ("keep", None)):
        room = town.room()
        town.pay(room, "2200.00", prepay=True)
        phone = f"1607777{room.pk:04d}"
        request = ask(town, room, {"new_owner_name": "钱七", "new_owner_phone": phone}, prepaid=prepaid)
        old = room.owner
        TransferChange().hand_over(request, room, on=ON, actor=town.bob)
        found = Excess.objects.filter(owner=old).first()
        assert (str(found.amount) if found else None) == owed
        if found:
            assert Record.objects.filter(event="excess.add", target_id=found.pk).exists()
