"""No user gives, keeps or takes over what reaches further than their own rights."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import DataScope, Role, User
from accounts.services import passwords, roles, two_factor, users
from heating.kit.errors import Refusal
from org.models import Office
from property.models import Community
from tests import build

pytestmark = pytest.mark.django_db
MANAGE = [f"accounts.{deed}_{thing}" for deed in ("view", "add", "change", "delete") for thing in ("role", "user")]
MANAGE += ["accounts.reset_password", "accounts.unlock_user", "accounts.release_user"]


class Cast:
    """A company with two sites; dora manages people of the east site only, bob those of the company."""

    def __init__(self) -> None:
        self.red = build.company()
        self.east, self.west = build.site(self.red), build.site(self.red, "西城收费站")
        self.desk = build.site(self.east, "收费组", kind="department")
        self.dora = build.user("dora", self.east, build.role(self.east, *MANAGE, scope="office_below"))
        self.bob = build.user("bob", self.red, build.role(self.red, *MANAGE, "org.change_office"))
        self.alice = build.user("alice", self.east)

    def role(self, scope: str, *permissions: str, office: Office | None = None) -> Role:
        return build.role(office or self.east, *(permissions or ["billing.view_order"]), scope=scope)


@pytest.fixture
def cast(db: Any) -> Cast:
    return Cast()


def fresh(user: User) -> User:
    """The user as the next request finds it."""
    return User.objects.get(pk=user.pk)


def data(user: User, *given: Role, **changes: Any) -> dict[str, Any]:
    return {"office": user.office, "username": user.username, "name": "安", "phone": "", "roles": list(given)} | changes


WIDER = ["all", "company_below", "company"]
NARROW = ["office_below", "office", "own"]


@pytest.mark.parametrize("scope", WIDER)
def test_a_site_manager_gives_no_wider_role(cast: Cast, scope: str) -> None:
    role = cast.role(scope)
    with pytest.raises(Refusal, match="比您的更大"):
        users.edit_user(cast.alice.pk, data(cast.alice, role), actor=cast.dora)
    with pytest.raises(Refusal, match="比您的更大"):
        users.share_role(role.pk, add=[cast.alice.pk], remove=[], actor=cast.dora)
    with pytest.raises(Refusal, match="比您的更大"):
        new = data(cast.alice, role, username="anna")
        users.add_user(new, actor=cast.dora, now=timezone.now())
    assert not cast.alice.groups.exists() and not User.objects.filter(username="anna").exists()


@pytest.mark.parametrize("scope", NARROW)
def test_a_site_manager_gives_what_lies_inside(cast: Cast, scope: str) -> None:
    role = cast.role(scope)
    users.share_role(role.pk, add=[cast.alice.pk], remove=[], actor=cast.dora)
    assert fresh(cast.alice).has_perm("billing.view_order")
    users.share_role(role.pk, add=[], remove=[cast.alice.pk], actor=cast.dora)
    assert not fresh(cast.alice).has_perm("billing.view_order")


@pytest.mark.parametrize("scope", WIDER)
def test_a_site_manager_makes_widens_copies_and_deletes_no_wider_role(cast: Cast, scope: str) -> None:
    facts = {"office": cast.east, "title": "大", "kind": "ordinary", "note": ""}
    with pytest.raises(Refusal, match="更大的数据范围"):
        roles.add_role(facts | {"scope": scope}, actor=cast.dora)
    narrow, wide = cast.role("office"), cast.role(scope)
    with pytest.raises(Refusal, match="更大的数据范围"):
        roles.edit_role(narrow.pk, facts | {"scope": scope}, actor=cast.dora)
    for deed in (roles.copy_role, roles.delete_role):
        with pytest.raises(Refusal, match="更大的数据范围"):
            deed(wide.pk, actor=cast.dora)
    with pytest.raises(Refusal, match="更大的数据范围"):
        roles.assign_permissions(wide.pk, [], actor=cast.dora)


def test_chosen_offices_stay_inside(cast: Cast) -> None:
    role = cast.role("chosen")
    with pytest.raises(Refusal, match="机构"):
        roles.choose_offices(role.pk, [cast.west], actor=cast.dora)
    role.offices.set([cast.west])
    with pytest.raises(Refusal, match="比您的更大"):
        users.share_role(role.pk, add=[cast.alice.pk], remove=[], actor=cast.dora)
    users.share_role(role.pk, add=[cast.alice.pk], remove=[], actor=cast.bob)


def test_a_system_permission_is_given_by_its_holder_only(cast: Cast) -> None:
    role = cast.role("office", "org.change_office")
    with pytest.raises(Refusal, match="系统管理权限"):
        users.share_role(role.pk, add=[cast.alice.pk], remove=[], actor=cast.dora)
    with pytest.raises(Refusal, match="系统管理权限"):
        roles.edit_role(role.pk, {"title": "新名"}, actor=cast.dora)
    users.share_role(role.pk, add=[cast.alice.pk], remove=[], actor=cast.bob)
    own = cast.role("own", "org.change_dictentry")
    with pytest.raises(Refusal, match="系统管理权限"):
        users.share_role(own.pk, add=[build.user("anna", cast.east).pk], remove=[], actor=cast.bob)


def test_a_system_permission_reaches_no_further_than_the_givers(cast: Cast) -> None:
    dora = build.user(
        "dora2", cast.red, build.role(cast.red, *MANAGE), build.role(cast.red, "org.change_office", scope="office")
    )
    wide = cast.role("company_below", "org.change_office")
    with pytest.raises(Refusal, match="比您的更大"):
        users.share_role(wide.pk, add=[cast.alice.pk], remove=[], actor=dora)


def test_a_role_that_others_have_is_not_widened_beyond_the_editor(cast: Cast) -> None:
    role = cast.role("office")
    users.share_role(role.pk, add=[build.user("wendy", cast.west).pk], remove=[], actor=cast.bob)
    facts = {"office": cast.east, "title": "窗口", "kind": "ordinary", "scope": "office_below", "note": ""}
    with pytest.raises(Refusal, match="数据范围以外"):
        roles.edit_role(role.pk, facts, actor=cast.dora)
    permission = Permission.objects.get(codename="view_owner", content_type__app_label="property")
    with pytest.raises(Refusal, match="数据范围以外"):
        roles.assign_permissions(role.pk, [permission], actor=cast.dora)
    roles.edit_role(role.pk, facts, actor=cast.bob)


def test_moving_a_user_moves_no_scope_beyond_the_mover(cast: Cast) -> None:
    blue = build.company("蓝天分公司", parent=cast.red)
    holder = build.user("frank", blue, cast.role("company", office=cast.red))
    erin = build.user("erin", blue, build.role(cast.red, *MANAGE, scope="chosen"))
    erin.groups.get().role.offices.set([blue, cast.east])
    assert fresh(holder).scope("billing.view_order").offices == {blue.pk}
    with pytest.raises(Refusal, match="比您的更大"):
        users.edit_user(holder.pk, data(holder, office=cast.east), actor=erin)
    with pytest.raises(Refusal, match="机构不在"):
        users.edit_user(holder.pk, data(holder, office=cast.west), actor=erin)
    users.edit_user(holder.pk, data(holder, office=cast.east), actor=cast.bob)


@pytest.mark.parametrize("backdoor", ["role", "staff"])
def test_nobody_takes_over_somebody_mightier(cast: Cast, backdoor: str) -> None:
    boss = build.user("boss", cast.east, *([cast.role("company_below")] if backdoor == "role" else []))
    if backdoor == "staff":
        User.objects.filter(pk=boss.pk).update(is_staff=True)
    old = boss.password
    for deed in (
        lambda: passwords.reset_password(boss.pk, actor=cast.dora, now=timezone.now()),
        lambda: passwords.unlock_user(boss.pk, actor=cast.dora),
        lambda: two_factor.release_user(boss.pk, actor=cast.dora),
        lambda: users.edit_user(boss.pk, data(boss), actor=cast.dora),
        lambda: users.set_user_active(boss.pk, active=False, actor=cast.dora),
        lambda: users.set_user_active(boss.pk, active=True, actor=cast.dora),
        lambda: users.share_role(cast.role("office").pk, add=[boss.pk], remove=[], actor=cast.dora),
    ):
        with pytest.raises(Refusal, match="权限比您的更大"):
            deed()
    boss.refresh_from_db()
    assert boss.password == old and boss.is_active
    if backdoor == "role":
        passwords.reset_password(boss.pk, actor=cast.bob, now=timezone.now())


def test_nobody_does_it_to_themself(cast: Cast) -> None:
    bob = cast.bob
    role = cast.role("office", office=cast.red)
    for deed in (
        lambda: passwords.reset_password(bob.pk, actor=bob, now=timezone.now()),
        lambda: users.share_role(role.pk, add=[bob.pk], remove=[], actor=bob),
        lambda: users.share_role(bob.groups.get().pk, add=[], remove=[bob.pk], actor=bob),
    ):
        with pytest.raises(Refusal, match="不能修改自己的账号"):
            deed()
    mine = bob.groups.get().pk
    for deed in (
        lambda: roles.set_role_active(mine, active=False, actor=bob),
        lambda: roles.delete_role(mine, actor=bob),
        lambda: roles.assign_permissions(mine, [], actor=bob),
    ):
        with pytest.raises(Refusal, match="自己所属的角色"):
            deed()


def test_foreign_users_and_roles_are_not_shared(cast: Cast) -> None:
    blue = build.company("蓝天热力")
    eve, theirs = build.user("eve", blue), build.role(blue)
    with pytest.raises(Refusal, match="不在您数据范围"):
        users.share_role(cast.role("office").pk, add=[eve.pk], remove=[], actor=cast.bob)
    with pytest.raises(Role.DoesNotExist):
        users.share_role(theirs.pk, add=[cast.alice.pk], remove=[], actor=cast.bob)


def test_a_disabled_role_gives_nothing_and_stays_with_its_users(cast: Cast) -> None:
    role = cast.role("office")
    cast.alice.groups.set([role])
    roles.set_role_active(role.pk, active=False, actor=cast.dora)
    assert not fresh(cast.alice).has_perm("billing.view_order")
    users.edit_user(cast.alice.pk, data(cast.alice), actor=cast.dora)
    roles.set_role_active(role.pk, active=True, actor=cast.dora)
    assert fresh(cast.alice).has_perm("billing.view_order")


def test_a_copy_takes_along_only_what_the_copier_may_give(cast: Cast) -> None:
    here, there = build.community(cast.east, "东苑"), build.community(cast.west, "西苑")
    role = cast.role("office", "billing.view_order", "org.view_parameter", office=cast.east)
    role.offices.set([cast.east, cast.west])
    assign_perm("property.oversee_community", role, Community.objects.all())
    role.permissions.remove(Permission.objects.get(codename="view_parameter"))
    Role.objects.filter(pk=role.pk).update(title="长" * 60)
    copy = roles.copy_role(role.pk, actor=cast.dora)
    assert len(copy.title) == 60 and copy.title.endswith("（复制）") and not copy.user_set.exists()
    assert set(copy.offices.all()) == {cast.east}
    assert Role.objects.get(pk=copy.pk).places.communities == {here.pk} != {there.pk}


def test_places_granted_to_one_role_count_for_that_role_alone(cast: Cast) -> None:
    one, two = build.community(cast.east, "一区"), build.community(cast.east, "二区")
    looks, pays = cast.role("jurisdiction", "billing.view_order"), cast.role("jurisdiction", "payments.take_payment")
    assign_perm("property.oversee_community", looks, one)
    assign_perm("property.oversee_community", pays, two)
    wide = cast.role("office", "billing.view_product")
    assign_perm("property.oversee_community", wide, two)
    cast.alice.groups.set([looks, pays, wide])
    alice = fresh(cast.alice)
    assert alice.scope("billing.view_order").communities == {one.pk}
    assert alice.scope("payments.take_payment").communities == {two.pk}
    assert not alice.scope("billing.view_product").communities
    Role.objects.filter(pk=pays.pk).update(active=False)
    assert fresh(cast.alice).scope("payments.take_payment").communities == frozenset()


def test_a_role_with_foreign_places_is_not_given(cast: Cast) -> None:
    role = cast.role(DataScope.JURISDICTION)
    assign_perm("property.oversee_community", role, build.community(cast.west, "西苑"))
    with pytest.raises(Refusal, match="比您的更大"):
        users.share_role(role.pk, add=[cast.alice.pk], remove=[], actor=cast.dora)
    role = cast.role(DataScope.JURISDICTION)
    assign_perm("property.oversee_building", cast.alice, build.building(build.community(cast.west, "西里")))
    with pytest.raises(Refusal, match="比您的更大"):
        users.share_role(role.pk, add=[cast.alice.pk], remove=[], actor=cast.dora)
    users.share_role(role.pk, add=[cast.alice.pk], remove=[], actor=cast.bob)
