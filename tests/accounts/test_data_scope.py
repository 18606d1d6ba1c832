"""How far roles reach, and the limits of what one person gives to another: each rule by itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from guardian.shortcuts import assign_perm

from accounts.backends import RoleBackend
from accounts.models import DataScope, Role, User
from accounts.models.data_scope import offices_reached, places_of_role, places_of_users
from accounts.services import delegation
from heating.kit.errors import Refusal
from heating.kit.scope import NOTHING, Scope
from org.models import Office
from tests import build

PERMISSION = "accounts.change_role"
TRADE = "billing.view_order"


class Tree:
    """集团 over 红日 (东站 with a 收费组, 西站, and a subsidiary) and a sister company."""

    def __init__(self) -> None:
        self.group = build.company("集团")
        self.red, self.sister = build.company("红日", parent=self.group), build.company("邻家", parent=self.group)
        self.east, self.west = build.site(self.red, "东站"), build.site(self.red, "西站")
        self.desk = build.site(self.east, "收费组", kind="department")
        self.below = build.company("红日分公司", parent=self.red)

    def boss(self, *permissions: str, scope: str = DataScope.OFFICE_BELOW, at: Office | None = None) -> User:
        return build.user("boss", at or self.east, build.role(self.group, *(permissions or (PERMISSION,)), scope=scope))

    def role(self, scope: str, *permissions: str, at: Office | None = None) -> Role:
        return build.role(at or self.east, *(permissions or (TRADE,)), scope=scope)


@pytest.fixture
def tree(db: Any) -> Tree:
    return Tree()


def offices(*wanted: Office) -> Scope:
    return Scope(offices=frozenset(office.pk for office in wanted))


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_offices_of_each_scope(tree: Tree) -> None:
    reached = {
        DataScope.OFFICE: {tree.east},
        DataScope.OFFICE_BELOW: {tree.east, tree.desk},
        DataScope.COMPANY: {tree.red, tree.east, tree.desk, tree.west},
        DataScope.COMPANY_BELOW: {tree.red, tree.east, tree.desk, tree.west, tree.below},
    }
    for scope in DataScope:
        assert offices_reached(scope, tree.east) == {office.pk for office in reached.get(scope, set())}, scope
        assert offices_reached(scope, None) == frozenset(), scope


def test_what_a_role_reaches_for_somebody_of_an_office(tree: Tree) -> None:
    chosen = tree.role(DataScope.CHOSEN)
    chosen.offices.set([tree.west, tree.below])
    placed, area = tree.role(DataScope.JURISDICTION), build.community(tree.west)
    assign_perm("property.oversee_community", placed, area)
    assert tree.role(DataScope.ALL).reach(tree.east) == Scope(everything=True)
    assert tree.role(DataScope.OFFICE).reach(tree.east) == offices(tree.east)
    assert tree.role(DataScope.OWN).reach(tree.east) == NOTHING
    assert chosen.reach(tree.east) == chosen.reach(None) == offices(tree.west, tree.below)
    assert Role(scope=DataScope.CHOSEN).reach(tree.east) == NOTHING
    assert placed.reach(tree.east) == Scope(communities=frozenset({area.pk}))
    wide = tree.role(DataScope.OFFICE)
    assign_perm("property.oversee_community", wide, area)
    assert wide.reach(tree.east) == offices(tree.east)


def test_only_the_granted_places_of_these_people_and_roles_count(tree: Tree) -> None:
    one, two = build.community(tree.east, "一区"), build.community(tree.east, "二区")
    block = build.building(two)
    alice, dora, role = build.user("alice", tree.east), build.user("dora", tree.east), tree.role("jurisdiction")
    other = tree.role("jurisdiction")
    assign_perm("property.oversee_community", alice, one)
    assign_perm("property.view_community", alice, two)
    assign_perm("property.oversee_building", dora, block)
    assign_perm("property.oversee_community", role, two)
    assign_perm("property.oversee_community", other, one)
    mine, other = Scope(communities=frozenset({one.pk})), Scope(buildings=frozenset({block.pk}))
    assert places_of_users([alice.pk]) == mine
    assert places_of_users([alice.pk, dora.pk]) == mine | other
    assert places_of_users([]) == NOTHING
    assert places_of_role(role.pk) == Scope(communities=frozenset({two.pk}))


def test_permissions_come_from_ones_own_enabled_roles(tree: Tree) -> None:
    role, off, foreign = tree.role("office"), tree.role("own", "org.view_office"), tree.role("own", "org.add_office")
    empty = build.role(tree.east)
    user = build.user("alice", tree.east, role, off, empty)
    build.user("dora", tree.east, foreign)
    Role.objects.filter(pk=off.pk).update(active=False)
    user = again(user)
    assert user.active_roles == [(role, frozenset({TRADE})), (empty, frozenset())]
    backend = RoleBackend()
    assert backend.get_all_permissions(user) == {TRADE}
    assert backend.get_all_permissions(user, obj=tree.east) == set()
    assert backend.get_all_permissions(AnonymousUser()) == set()
    assert user.has_perm(TRADE) is True and user.has_perm("org.view_office") is False
    user.is_active = False
    assert backend.get_all_permissions(user) == set() and user.has_perm(TRADE) is False


def test_a_scope_is_the_sum_of_the_roles_that_hold_the_permission(tree: Tree, django_assert_num_queries: Any) -> None:
    area = build.community(tree.west)
    own, placed, office = tree.role("own"), tree.role("jurisdiction"), tree.role("office")
    user = build.user("alice", tree.east, own, placed, office, tree.role("all", "org.view_office"))
    assign_perm("property.oversee_community", user, area)
    user = again(user)
    mine = Scope(own=True, user_id=user.pk)
    assert user.role_scope(own) == mine
    assert user.role_scope(placed) == Scope(communities=frozenset({area.pk}), user_id=user.pk)
    assert user.role_scope(office) == offices(tree.east) | Scope(user_id=user.pk)
    total = mine | offices(tree.east) | Scope(communities=frozenset({area.pk}))
    assert user.scope(TRADE) == total
    with django_assert_num_queries(0):
        assert user.scope(TRADE) == total
    assert user.scope("org.view_office").everything and user.scope("org.add_office") == NOTHING


def test_a_reach_lies_within_that_of_the_giver(tree: Tree) -> None:
    boss = tree.boss(PERMISSION, "property.view_room", "property.view_community", "property.view_building")
    near, far = build.community(tree.east, "近"), build.community(tree.west, "远")
    block, away = build.building(near), build.building(far)
    permission = "property.view_community"
    assert delegation.within(NOTHING, boss, PERMISSION) is True
    assert delegation.within(offices(tree.east, tree.desk), boss, PERMISSION) is True
    assert delegation.within(offices(tree.east), boss, PERMISSION) is True
    assert delegation.within(offices(tree.east, tree.west), boss, PERMISSION) is False
    assert delegation.within(Scope(everything=True), boss, PERMISSION) is False
    for communities, buildings, inside in (
        ({near.pk}, {block.pk}, True),
        ({near.pk, far.pk}, set(), False),
        ({near.pk}, {away.pk}, False),
        ({far.pk}, {block.pk}, False),
    ):
        reach = Scope(communities=frozenset(communities), buildings=frozenset(buildings))
        assert delegation.within(reach, boss, permission) is inside
    assert delegation.within(offices(tree.east), boss, "org.view_office") is False
    root = build.user("root", tree.group, build.role(tree.group, PERMISSION, scope="all"))
    assert delegation.within(Scope(everything=True), root, PERMISSION) is True
    assert delegation.within(offices(tree.west), root, PERMISSION) is True


def test_places_outside(tree: Tree) -> None:
    boss = tree.boss("property.view_community")
    near, far = build.community(tree.east, "近"), build.community(tree.west, "远")
    assert delegation.outside("community", [near.pk], boss, "property.view_community") is False
    assert delegation.outside("community", [near.pk, far.pk], boss, "property.view_community") is True
    assert delegation.outside("community", [near.pk], boss, "org.view_office") is True


def test_permissions_over_others_are_covered_by_a_holder_who_reaches_as_far(tree: Tree) -> None:
    boss = tree.boss(PERMISSION, "org.view_office")
    assert delegation.system_permissions(Role()) == []
    assert delegation.system_permissions(tree.role("own", TRADE, "org.view_office")) == ["org.view_office"]
    reach = offices(tree.east)
    assert delegation.covers(boss, {"own": reach}, tree.role("own"), PERMISSION) is True
    assert delegation.covers(boss, {"own": reach}, tree.role("own", "org.view_office"), PERMISSION) is True
    assert delegation.covers(boss, {"own": NOTHING}, tree.role("own", "org.add_office"), PERMISSION) is False
    assert delegation.covers(boss, {"own": offices(tree.west)}, tree.role("own"), PERMISSION) is False
    boss.groups.add(build.role(tree.group, "org.add_office", scope=DataScope.OWN))
    assert delegation.covers(again(boss), {"own": reach}, tree.role("own", "org.add_office"), PERMISSION) is False


def refused(role: Role, actor: User) -> tuple[str, str]:
    """Return (field, sentence) of the refusal, or two empty words."""
    try:
        delegation.check_role(role, actor, PERMISSION)
    except Refusal as refusal:
        return refusal.field or "", refusal.sentence
    return "", ""


def test_a_role_is_checked_in_all_respects(tree: Tree) -> None:
    boss = tree.boss()
    assert refused(tree.role("office"), boss) == ("", "")
    assert refused(Role(office=tree.east, scope="office"), boss) == ("", "")
    assert "自己所属" in refused(boss.groups.get().role, boss)[1]
    assert refused(tree.role("own", at=tree.west), boss)[0] == "office"
    assert "更大" in refused(tree.role("company"), boss)[1]
    assert "系统管理权限" in refused(tree.role("own", "org.add_office"), boss)[1]
    held = tree.role("office")
    build.user("wendy", tree.west, held)
    assert "已分配的用户" in refused(held, boss)[1]
    root = build.user("root", tree.group, build.role(tree.group, PERMISSION, scope="all"))
    for free in (tree.role("all", at=tree.sister), held, Role(office=tree.west, scope="all")):
        assert refused(free, root) == ("", "")


def test_what_a_role_opens_to_its_holders(tree: Tree, django_assert_num_queries: Any) -> None:
    area, role, placed = build.community(tree.west), tree.role("office"), tree.role("jurisdiction")
    build.user("wendy", tree.west, role)
    build.user("dora", tree.desk, tree.role("office"))
    patty, other = build.user("patty", tree.west, placed), build.user("otto", tree.west)
    assign_perm("property.oversee_community", patty, area)
    assign_perm("property.oversee_community", other, build.community(tree.west, "别处"))
    assert delegation._reach_of_holders(role, role.scope) == offices(tree.east, tree.west)
    assert delegation._reach_of_holders(placed, placed.scope) == Scope(communities=frozenset({area.pk}))
    wide = tree.role("all")
    build.user("walter", tree.west, wide)
    with django_assert_num_queries(0):
        assert delegation._reach_of_holders(wide, wide.scope) == Scope(everything=True)
    near = tree.role("office_below")
    build.user("nora", tree.east, near)
    build.user("nick", tree.desk, near)
    assert delegation._reach_of_holders(near, near.scope) == offices(tree.east, tree.desk)


def test_a_user_is_checked_in_all_respects(tree: Tree) -> None:
    boss, near, far = tree.boss(), build.user("near", tree.desk), build.user("far", tree.west)
    delegation.check_user(near, [tree.role("office")], boss, PERMISSION)
    delegation.check_user(near, [], boss, PERMISSION)
    with pytest.raises(Refusal, match="自己的账号"):
        delegation.check_user(boss, [], boss, PERMISSION)
    with pytest.raises(Refusal, match="机构不在") as told:
        delegation.check_user(far, [], boss, PERMISSION)
    assert told.value.field == "office"
    with pytest.raises(Refusal, match="比您的更大") as told:
        delegation.check_user(near, [tree.role("office"), tree.role("company")], boss, PERMISSION)
    assert told.value.field == "roles"
    root = build.user("root", tree.group, build.role(tree.group, PERMISSION, scope="all"))
    delegation.check_user(far, [tree.role("all")], root, PERMISSION)


@pytest.mark.parametrize("door", ["is_superuser", "is_staff"])
def test_nobody_touches_somebody_mightier(tree: Tree, door: str) -> None:
    boss, alice = tree.boss(), build.user("alice", tree.desk, tree.role("office"))
    build.user("chief", tree.desk, tree.role("company"))
    delegation.refuse_escalation(alice, boss, PERMISSION)
    alice.groups.add(tree.role("company"))
    with pytest.raises(Refusal, match=r"^用户“alice"):
        delegation.refuse_escalation(alice, boss, PERMISSION)
    with pytest.raises(Refusal, match="自己的账号"):
        delegation.refuse_escalation(boss, boss, PERMISSION)
    with pytest.raises(Refusal, match="机构不在"):
        delegation.refuse_escalation(build.user("far", tree.west), boss, PERMISSION)
    guard = build.user("guard", tree.desk)
    setattr(guard, door, True)
    with pytest.raises(Refusal, match="权限比您的更大"):
        delegation.refuse_escalation(guard, boss, PERMISSION)
    root = build.user("root", tree.group, build.role(tree.group, PERMISSION, scope="all"))
    delegation.refuse_escalation(guard, root, PERMISSION)
    setattr(boss, door, True)
    delegation.refuse_escalation(guard, boss, PERMISSION)
    delegation.refuse_escalation(build.user("bernd", tree.desk), boss, PERMISSION)
