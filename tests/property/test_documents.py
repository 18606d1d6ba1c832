"""What a change request does with a document number that is never shown: kept, replaced, cleared."""

from __future__ import annotations

from typing import Any

import pytest

from heating.kit.encryption import decrypt, fingerprint
from heating.kit.errors import Refusal
from property.models import ChangeRequest, Owner, Room
from property.services import changes
from property.services.owners import sealed
from tests.billing.asking import NOW, ON, Town

pytestmark = pytest.mark.django_db
CARD, OTHER = "11010519491231002X", "110105194912310038"


@pytest.fixture
def town() -> Town:
    return Town()


def documented(town: Town, number: str = CARD) -> Room:
    room = town.room()
    Owner.objects.filter(pk=room.owner_id).update(**(sealed("身份证", number) if number else {}))
    return Room.objects.get(pk=room.pk)


def asked(request: ChangeRequest) -> set[str]:
    return set(request.after)


def now(room: Room) -> tuple[str, str, str]:
    owner = Owner.objects.get(pk=room.owner_id)
    return owner.id_kind, owner.id_tail, decrypt(owner.id_cipher) if owner.id_cipher else ""


def test_an_empty_or_equal_number_asks_for_nothing(town: Town) -> None:
    room = documented(town)
    for number in ("", CARD):
        with pytest.raises(Refusal, match="没有任何变化"):
            town.ask_owner(room, {"id_no": number, "id_kind": "身份证"})
    with pytest.raises(Refusal, match="没有任何变化"):
        town.ask_owner(documented(town, ""), {"id_no": "", "id_kind": "身份证"})
    request = town.ask_owner(room, {"name": "李四", "id_no": CARD, "id_kind": ""})
    assert asked(request) == {"name"}


def test_the_kind_alone_is_changed_only_where_there_is_a_number(town: Town) -> None:
    room = documented(town)
    request = town.ask_owner(room, {"id_no": "", "id_kind": "护照"})
    assert asked(request) == {"id_kind"}
    town.approve(request)
    assert now(room) == ("护照", CARD[-4:], CARD)


def test_a_new_number_is_sealed_with_its_kind(town: Town) -> None:
    room = documented(town)
    request = town.ask_owner(room, {"id_no": OTHER, "id_kind": ""})
    assert asked(request) == {"id_cipher", "id_hash", "id_tail"} and OTHER not in str(request.after)
    assert request.after["id_hash"] == fingerprint(OTHER) != request.before["id_hash"]
    town.approve(request)
    assert now(room) == ("身份证", OTHER[-4:], OTHER)


def test_clearing_wins_over_what_is_typed(town: Town) -> None:
    for number in ("", OTHER, CARD):
        room = documented(town)
        town.approve(town.ask_owner(room, {"clear_id": True, "id_no": number, "id_kind": "护照"}))
        assert now(room) == ("", "", "")


def edit(request: ChangeRequest, after: dict[str, Any], town: Town) -> ChangeRequest:
    return changes.edit_change(request.pk, after, reason="改", actor=town.alice, on=ON, now=NOW)


def test_an_edit_keeps_the_number_that_was_asked_for(town: Town) -> None:
    room = documented(town)
    request = town.ask_owner(room, {"id_no": OTHER, "id_kind": "护照"})
    request = edit(request, {"name": "李四", "id_no": "", "id_kind": ""}, town)
    assert asked(request) == {"name", "id_kind", "id_cipher", "id_hash", "id_tail"}
    town.approve(request)
    assert now(room) == ("护照", OTHER[-4:], OTHER)


def test_an_edit_to_another_number_or_to_none_counts(town: Town) -> None:
    room, third = documented(town), "110105194912310046"
    request = town.ask_owner(room, {"id_no": OTHER, "id_kind": ""})
    town.approve(edit(request, {"id_no": third, "id_kind": ""}, town))
    assert now(room)[2] == third
    request = town.ask_owner(room, {"id_no": OTHER, "id_kind": ""})
    request = edit(request, {"name": "李四", "id_no": third, "id_kind": ""}, town)
    assert asked(request) == {"name"}
    request = edit(request, {"phone": "16011112222", "id_no": "", "id_kind": ""}, town)
    assert asked(request) == {"phone"}


def test_a_room_request_needs_no_options(town: Town) -> None:
    request = town.ask(town.room(), "area", {"floor_area": "92.10"})
    assert request.options == {} and request.effective_on == ON
