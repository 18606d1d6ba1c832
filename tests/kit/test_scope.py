"""The small parts of the wall, each by itself: what a scope adds up to, and which rows of a table it leaves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from accounts.models import DataScope, User
from heating.imports.models import Batch
from heating.jobs.models import Job
from heating.jobs.services import enqueue
from heating.kit.scope import FEW, NOTHING, Handles, Scope, scope_condition, sees
from property.models import Community, Owner, Room
from tests import build

HANDLES = Handles(
    office=("office_id",), community=("community_id",), building=("building_id",), author=("owner__user",)
)
FULL = Scope(
    everything=True,
    offices=frozenset({1}),
    communities=frozenset({2}),
    buildings=frozenset({3}),
    own=True,
    user_id=4,
)


def test_nothing_adds_nothing() -> None:
    assert FULL | NOTHING == FULL == NOTHING | FULL
    assert NOTHING | NOTHING == NOTHING == Scope()


def test_scopes_add_up_part_by_part() -> None:
    other = Scope(offices=frozenset({5}), communities=frozenset({6}), buildings=frozenset({7}), user_id=4)
    both = Scope(
        offices=frozenset({1, 5}), communities=frozenset({2, 6}), buildings=frozenset({3, 7}), user_id=4, own=True
    )
    one = Scope(offices=FULL.offices, communities=FULL.communities, buildings=FULL.buildings, own=True, user_id=4)
    assert one | other == both == other | one


class Street:
    """Two sites with a room each, and a person of the first."""

    def __init__(self) -> None:
        self.red = build.company()
        self.east, self.west = build.site(self.red), build.site(self.red, "西城收费站")
        self.here = build.room(office=self.east)
        self.there = build.room(office=self.west)
        self.alice = build.user("alice", self.east)

    def person(self, *permissions: str, scope: str = DataScope.OFFICE, name: str = "reader") -> User:
        return build.user(name, self.east, build.role(self.red, *permissions, scope=scope))


@pytest.fixture
def street(db: Any) -> Street:
    return Street()


def rooms(scope: Scope, handles: Handles = HANDLES) -> set[Room]:
    condition = scope_condition(scope, handles)
    assert condition is not None
    return set(Room._base_manager.filter(condition))


def test_each_part_of_a_scope_reaches_its_rows(street: Street) -> None:
    here, there = street.here, street.there
    assert rooms(Scope(offices=frozenset({street.east.pk}))) == {here}
    assert rooms(Scope(communities=frozenset({there.community_id}))) == {there}
    assert rooms(Scope(buildings=frozenset({here.building_id}))) == {here}
    assert rooms(Scope(offices=frozenset({street.east.pk}), buildings=frozenset({there.building_id}))) == {here, there}
    Owner.objects.filter(pk=there.owner_id).update(user=street.alice)
    assert rooms(Scope(own=True, user_id=street.alice.pk)) == {there}


def test_a_scope_of_thousands_reaches_the_same(street: Street) -> None:
    crowd = frozenset(range(10**9, 10**9 + FEW + 5))
    assert rooms(Scope(offices=crowd | {street.east.pk})) == {street.here}
    assert rooms(Scope(offices=crowd)) == set()


def test_without_any_part_there_is_no_condition() -> None:
    assert scope_condition(NOTHING, HANDLES) is None
    assert scope_condition(Scope(user_id=4), HANDLES) is None
    assert scope_condition(Scope(offices=frozenset({1})), Handles(author=("owner__user",))) is None


def test_rows_are_visible_by_the_permission_only(street: Street) -> None:
    person = street.person("property.view_room")
    assert set(Room.objects.visible_to(person, "property.view_room")) == {street.here}
    assert set(Room.objects.visible_to(person, "property.change_room")) == set()
    assert set(Room.objects.visible_to(street.alice, "property.view_room")) == set()
    boss = street.person("property.view_room", scope=DataScope.ALL, name="boss")
    assert set(Room.objects.visible_to(boss, "property.view_room")) == {street.here, street.there}


def test_a_row_is_seen_or_not(street: Street) -> None:
    person = street.person("property.view_room")
    assert sees(person, "property.view_room", street.here) is True
    assert sees(person, "property.view_room", street.there) is False
    assert sees(person, "property.change_room", street.here) is False


def test_only_a_visible_row_is_locked(street: Street) -> None:
    visible = Room.objects.visible_to(street.person("property.view_room"), "property.view_room")
    with CaptureQueriesContext(connection) as said:
        assert visible.locked(street.here.pk) == street.here
    assert "FOR UPDATE" in said.captured_queries[-1]["sql"]
    with pytest.raises(Room.DoesNotExist):
        visible.locked(street.there.pk)


def batch(street: Street, office: Any, author: User) -> Batch:
    fields = {"company_id": street.red.pk, "office_id": office.pk, "created_by": author}
    return Batch.objects.create(kind="property.rooms", file_name="户室.xlsx", file_hash="0", file="x", **fields)


def test_files_of_the_scope_and_ones_own_are_seen(street: Street) -> None:
    person = street.person("property.import_room")
    near, far = batch(street, street.east, street.alice), batch(street, street.west, street.alice)
    mine = batch(street, street.west, person)
    assert set(Batch.objects.visible_to(person, "property.import_room")) == {near, mine}
    assert set(Batch.objects.visible_to(street.alice, "property.import_room")) == set() != {far}
    placed = street.person("property.import_room", scope=DataScope.JURISDICTION, name="placed")
    assert set(Batch.objects.visible_to(placed, "property.import_room")) == set()
    sent = batch(street, street.west, placed)
    assert set(Batch.objects.visible_to(placed, "property.import_room")) == {sent}


def test_jobs_of_the_scope_and_ones_own_are_seen(street: Street) -> None:
    person, other = street.person("jobs.view_all_job"), build.user("wendy", street.west)
    near, far = enqueue("jobs.clean", actor=street.alice), enqueue("jobs.clean", actor=other)
    mine = enqueue("jobs.clean", actor=person)
    assert set(Job.objects.for_person(person)) == {near, mine}
    assert set(Job.objects.for_person(other)) == {far}


def test_an_overseen_building_shows_its_community_once_and_does_nothing_to_the_whole(street: Street) -> None:
    permissions = ("property.view_community", "property.change_community")
    person = street.person(*permissions, scope=DataScope.JURISDICTION)
    area = street.here.community
    for block in (street.here.building, build.building(area, "2号楼")):
        assign_perm("property.oversee_building", person, block)
    assert list(Community.objects.visible_to(person, permissions[0])) == [area]
    assert list(Community.objects.visible_to(person, permissions[1])) == []
    assert list(Community.objects.filter(pk=street.there.community_id).visible_to(person, permissions[0])) == []
    boss = street.person(*permissions, name="boss")
    assert list(Community.objects.visible_to(boss, permissions[1])) == [area]


VIEW = "property.view_owner"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (DataScope.ALL, {"here", "there", "new", "strange", "mine"}),
        (DataScope.OFFICE, {"here", "mine"}),
        (DataScope.OWN, {"new", "moved"}),
        (DataScope.JURISDICTION, {"there", "new"}),
        (DataScope.CHOSEN, set()),
    ],
)
def test_owners_are_seen_by_office_by_their_rooms_and_by_who_added_them(
    street: Street, scope: str, expected: set[str]
) -> None:
    person = street.person(VIEW, scope=scope)
    assign_perm("property.oversee_building", person, street.there.building)
    people = {
        "here": street.here.owner,
        "there": street.there.owner,
        "new": build.owner(street.west, created_by=person),
        "strange": build.owner(street.west),
        "mine": build.owner(street.east),
        "moved": build.room(office=street.west).owner,
    }
    Owner.objects.filter(pk=people["moved"].pk).update(created_by=person)
    if scope == DataScope.ALL:
        expected = expected | {"moved"}
    seen = set(Owner.objects.visible_to(User.objects.get(pk=person.pk), VIEW))
    assert {name for name, owner in people.items() if owner in seen} == expected
    assert set(Owner.objects.visible_to(street.alice, VIEW)) == set()
