"""辖区: assigned on the pages, bounded by the assigner's own scope, gone with the place."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from guardian.models import GroupObjectPermission, UserObjectPermission
from guardian.shortcuts import assign_perm

from accounts.models import DataScope, Role, User
from accounts.models.data_scope import places_of_role, places_of_users
from heating.audit.models import Record
from heating.kit.errors import Refusal
from heating.kit.scope import Scope
from heating.standard_roles import PROPERTY_MANAGER
from property.models import Building, Community
from property.services.jurisdiction import oversee_as_role, oversee_as_user
from property.services.places import delete_place
from tests import build

pytestmark = pytest.mark.django_db
MANAGE = ("accounts.view_role", "accounts.change_role", "accounts.view_user", "accounts.change_user")


class Cast:
    def __init__(self, client: Client) -> None:
        self.red = build.company()
        self.east, self.west = build.site(self.red), build.site(self.red, "西城收费站")
        self.yard, self.other = build.community(self.east, "东苑2区"), build.community(self.east, "东苑10区")
        self.far = build.community(self.west, "西苑")
        self.house = build.building(self.other, "3号楼")
        self.role = build.role(self.east, "property.view_community", "property.view_building", scope="jurisdiction")
        self.alice = build.user("alice", self.east, self.role)
        self.dora = build.user("dora", self.east, build.role(self.east, *MANAGE, scope="office_below"))
        client.force_login(self.dora)
        self.client = client

    def page(self, kind: str, pk: int, query: str = "") -> str:
        answer = self.client.get(f"/a/accounts/{kind}/{pk}/places/{query}")
        assert answer.status_code == 200
        return answer.content.decode()

    def save(self, kind: str, pk: int, *, pick: list[str], shown: list[str] | None = None) -> Any:
        return self.client.post(f"/a/accounts/{kind}/{pk}/places/", {"pick": pick, "shown": shown or []}, follow=True)


@pytest.fixture
def cast(db: Any, client: Client) -> Cast:
    return Cast(client)


def test_places_of_a_user_are_ticked_unticked_and_written_down(cast: Cast) -> None:
    pk = cast.alice.pk
    assert "辖区已保存" in cast.save("users", pk, pick=[f"c{cast.yard.pk}", f"b{cast.house.pk}"]).content.decode()
    assert places_of_users([pk]) == Scope(communities=frozenset({cast.yard.pk}), buildings=frozenset({cast.house.pk}))
    assert set(Community.objects.visible_to(User.objects.get(pk=pk), "property.view_community")) == {
        cast.yard,
        cast.other,
    }
    row = Record.objects.get(event="user.jurisdiction")
    assert (row.before, row.after) == ([], ["东苑2区", "东苑10区 3号楼"]) and row.actor == cast.dora
    cast.save("users", pk, pick=[f"b{cast.house.pk}"], shown=[f"c{cast.yard.pk}", f"b{cast.house.pk}"])
    assert places_of_users([pk]) == Scope(buildings=frozenset({cast.house.pk}))


def test_places_of_a_role_count_for_whoever_has_it(cast: Cast) -> None:
    cast.save("roles", cast.role.pk, pick=[f"c{cast.yard.pk}"])
    assert list(Community.objects.visible_to(User.objects.get(pk=cast.alice.pk), "property.view_community")) == [
        cast.yard
    ]
    assert Record.objects.get(event="role.jurisdiction").after == ["东苑2区"]
    cast.save("roles", cast.role.pk, pick=[], shown=[f"c{cast.yard.pk}"])
    assert places_of_role(cast.role.pk) == Scope()


def test_chosen_ones_come_first_and_the_rest_is_searched_in_natural_order(cast: Cast) -> None:
    assign_perm("property.oversee_community", cast.alice, cast.other)
    page = cast.page("users", cast.alice.pk)
    assert page.index("已选") < page.index("东苑10区") < page.index("可添加") < page.index("东苑2区")
    assert "西苑" not in page
    assign_perm("property.oversee_community", cast.alice, cast.yard)
    page = cast.page("users", cast.alice.pk)
    assert page.index("东苑2区") < page.index("东苑10区")
    page = cast.page("users", cast.alice.pk, "?name=10区&building=3")
    assert "3号楼" in page and "<td>整个小区" not in page
    assert "3号楼" not in cast.page("users", cast.alice.pk, f"?office={cast.east.pk}&name=2区&building=3")
    page = cast.page("users", cast.alice.pk, f"?office={cast.west.pk}")
    assert "东苑" not in page.split('<form method="post"')[-1]


def test_many_places_make_no_giant_list(cast: Cast) -> None:
    Community.objects.bulk_create(
        Community(company=cast.red, office=cast.east, name=f"园{n}区", sort_key=f"园{n:08d}区") for n in range(150)
    )
    page = cast.page("users", cast.alice.pk)
    assert page.count('name="pick"') == 100 and "只列出前 100 项" in page
    assert "园149区" in cast.page("users", cast.alice.pk, "?name=149")


def test_nobody_assigns_places_beyond_their_own_scope(cast: Cast) -> None:
    for kind, pk in (("users", cast.alice.pk), ("roles", cast.role.pk)):
        answer = cast.save(kind, pk, pick=[f"c{cast.far.pk}", f"c{cast.yard.pk}"])
        assert answer.status_code == 422 and "不在您数据范围内" in answer.content.decode()
    for bad in ("c", "cx", "b-1", "9" * 30, "c1\x00"):
        answer = cast.save("users", cast.alice.pk, pick=[bad])
        assert answer.status_code == 422, bad
    assert not UserObjectPermission.objects.exists() and not GroupObjectPermission.objects.exists()
    wendy = build.user("wendy", cast.west, cast.role)
    assert cast.client.get(f"/a/accounts/users/{wendy.pk}/places/").status_code == 404
    theirs = build.role(cast.red, scope="jurisdiction")
    assert cast.client.get(f"/a/accounts/roles/{theirs.pk}/places/").status_code == 404


def test_nobody_assigns_places_to_themself_or_to_a_role_of_their_own(cast: Cast) -> None:
    cast.dora.groups.add(cast.role)
    add = Scope(communities=frozenset({cast.yard.pk}))
    with pytest.raises(Refusal, match="不能修改自己的账号"):
        oversee_as_user(cast.dora.pk, add=add, remove=Scope(), actor=cast.dora)
    with pytest.raises(Refusal, match="自己所属的角色"):
        oversee_as_role(cast.role.pk, add=add, remove=Scope(), actor=cast.dora)


def test_foreign_places_of_a_user_stay_and_are_not_named(cast: Cast) -> None:
    assign_perm("property.oversee_community", cast.alice, cast.far)
    Role.objects.filter(pk=cast.role.pk).update(scope="office")
    assert "西苑" not in cast.page("users", cast.alice.pk)
    cast.save("users", cast.alice.pk, pick=[f"c{cast.yard.pk}"])
    assert places_of_users([cast.alice.pk]).communities == {cast.yard.pk, cast.far.pk}
    with pytest.raises(Refusal):
        oversee_as_user(cast.alice.pk, add=Scope(), remove=Scope(communities=frozenset({cast.far.pk})), actor=cast.dora)


def test_grants_go_with_their_place(cast: Cast) -> None:
    bob = build.user("bob", cast.red, build.role(cast.red, "property.delete_community", "property.delete_building"))
    for holder in (cast.alice, cast.role):
        assign_perm("property.oversee_community", holder, cast.yard)
        assign_perm("property.oversee_building", holder, cast.house)
    delete_place(Building, cast.house.pk, actor=bob)
    delete_place(Community, cast.yard.pk, actor=bob)
    assert not UserObjectPermission.objects.exists() and not GroupObjectPermission.objects.exists()


def test_the_lists_lead_to_the_pages_where_they_count(cast: Cast) -> None:
    plain = build.role(cast.east, scope="office")
    carol = build.user("carol", cast.east, plain)
    roles, users = (cast.client.get(f"/a/accounts/{kind}/").content.decode() for kind in ("roles", "users"))
    assert f"/roles/{cast.role.pk}/places/" in roles and f"/roles/{plain.pk}/places/" not in roles
    assert f"/users/{cast.alice.pk}/places/" in users and f"/users/{carol.pk}/places/" not in users


def test_role_and_user_pages_tell_the_places_as_far_as_the_reader_sees_them(cast: Cast) -> None:
    assign_perm("property.oversee_community", cast.role, cast.yard)
    assign_perm("property.oversee_building", cast.alice, cast.house)
    assign_perm("property.oversee_community", cast.alice, cast.far)
    role = cast.client.get(f"/a/accounts/roles/{cast.role.pk}/").content.decode()
    assert "东苑2区" in role and "alice" in role
    user = cast.client.get(f"/a/accounts/users/{cast.alice.pk}/").content.decode()
    assert "东苑10区 3号楼" in user and "西苑" not in user and "另有 1 处" in user


def test_a_property_manager_adds_a_community_and_goes_on_building_there(db: Any, client: Client) -> None:
    east = build.site(build.company())
    role = build.role(east.company, *PROPERTY_MANAGER.permissions, scope=DataScope.JURISDICTION)
    client.force_login(build.user("wang", east, role))
    page = client.get("/a/property/communities/add/")
    assert list(page.context["form"].fields["office"].queryset) == [east]
    made = client.post("/a/property/communities/add/", {"name": "新苑", "office": east.pk}, follow=True)
    assert "新苑" in made.content.decode()
    community = Community.objects.get(name="新苑")
    assert community in client.get("/a/property/buildings/add/").context["form"].fields["community"].queryset
    west = build.site(east.company, "西站")
    refused = client.post("/a/property/communities/add/", {"name": "别苑", "office": west.pk})
    assert refused.status_code == 422 and not Community.objects.filter(name="别苑").exists()


def test_whoever_reaches_the_office_needs_no_grant_for_a_new_community(db: Any, client: Client) -> None:
    east = build.site(build.company())
    role = build.role(east.company, "property.add_community", "property.view_community", scope=DataScope.COMPANY_BELOW)
    client.force_login(build.user("boss", east, role))
    client.post("/a/property/communities/add/", {"name": "新苑", "office": east.pk})
    assert Community.objects.filter(name="新苑").exists() and not UserObjectPermission.objects.exists()
