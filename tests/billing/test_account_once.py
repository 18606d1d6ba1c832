"""A 缴费账号 that a room has given up goes to no other room: the bank still pays in under it."""

from __future__ import annotations

from typing import Any

import pytest

from billing.imports.rooms.known import Stored
from heating.kit.errors import Refusal
from property.models import Room
from property.services.rooms import add_room, add_whole_building
from property.states import HeatSystem
from tests import build
from tests.billing.asking import Town

pytestmark = pytest.mark.django_db
OLD = "0000000042"


@pytest.fixture
def town() -> Town:
    """One room that had the account and gave it up."""
    town = Town()
    room = town.room(account_no=OLD)
    town.approve(town.ask(room, "account", {"account_no": "0000009043"}))
    return town


def adder(town: Town) -> Any:
    permissions = ("property.add_room", "property.add_building")
    return build.user("eve", town.site, build.role(town.company, *permissions))


def test_no_new_room_gets_it(town: Town) -> None:
    data = {"number": "9", "floor_area": "80", "account_no": OLD, "owner_name": "甲", "owner_phone": "16000000009"}
    with pytest.raises(Refusal, match="曾被其他户室使用"):
        add_room(data | {"unit": Room.objects.get().unit}, actor=adder(town))
    assert Room.objects.count() == 1


def test_no_new_building_gets_it(town: Town) -> None:
    sizes = {"units": 1, "floors": 2, "per_floor": 2, "first_account": "0000000040", "floor_area": "80"}
    names = {"name": "9号楼", "system": HeatSystem.PER_ROOM, "owner_name": "甲", "owner_phone": "16000000009"}
    with pytest.raises(Refusal, match=f"{OLD} 曾被其他户室使用"):
        add_whole_building(sizes | names | {"community": Room.objects.get().community}, actor=adder(town))


def test_no_other_room_changes_to_it_but_its_own_may_take_it_back(town: Town) -> None:
    mine, other = Room.objects.get(), town.room()
    with pytest.raises(Refusal, match="曾被其他户室使用"):
        town.ask(other, "account", {"account_no": OLD})
    town.approve(town.ask(mine, "account", {"account_no": OLD}))
    mine.refresh_from_db()
    assert mine.account_no == OLD


def test_an_import_is_told_which_are_given_up(town: Town) -> None:
    known = Stored(town.company.pk, town.site.pk, town.season)
    assert known.given_up({OLD, "0000009043", "0000000044"}) == {OLD}
