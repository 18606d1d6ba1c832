"""A permission of a role may carry a data scope of its own: one job is one role."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import DataScope, Role, User
from accounts.services import roles
from accounts.services.delegation import check_role
from accounts.services.standard import add_standard_roles, standard_role
from heating.audit.models import Record
from heating.kit.errors import Refusal
from heating.kit.scope import Scope
from org.models import Office
from property.models import Room
from tests import build

pytestmark = pytest.mark.django_db
VIEW, SIGN, REVERSE = "property.view_room", "billing.sign_contract", "payments.reverse_payment"
OTHERS = {DataScope.OFFICE: (SIGN,), DataScope.OWN: (REVERSE,)}


@pytest.fixture
def red() -> Office:
    return build.company()


@pytest.fixture
def site(red: Office) -> Office:
    return build.site(red)


def of(company: Office, *system: str, **options: Any) -> User:
    """An administrator of roles."""
    return build.user("dora", company, build.role(company, "accounts.view_role", "accounts.change_role", *system))


def test_each_permission_reaches_as_far_as_its_own_scope(red: Office, site: Office) -> None:
    there = build.room(office=build.site(red, "西城收费站"))
    alice = build.user("alice", site, build.role(red, VIEW, scope=DataScope.COMPANY, others=OTHERS))
    assert alice.scope(VIEW).offices == {red.pk, site.pk, there.office_id}
    assert alice.scope(SIGN).offices == {site.pk}
    assert alice.scope(REVERSE) == Scope(own=True, user_id=alice.pk)
    assert Room.objects.visible_to(alice, VIEW).filter(pk=there.pk).exists()
    assert not Room.objects.visible_to(alice, SIGN).filter(pk=there.pk).exists()


def test_the_roles_of_a_user_are_one_statement(red: Office, site: Office, django_assert_num_queries: Any) -> None:
    build.user("alice", site, build.role(red, VIEW, others=OTHERS))
    alice = User.objects.select_related("office__company").get(username="alice")
    with django_assert_num_queries(1):
        assert alice.has_perm(REVERSE) and [role.scope_of(REVERSE) for role, _held in alice.active_roles] == ["own"]


def test_assigning_sets_and_shows_the_scope_of_a_permission(red: Office, client: Client) -> None:
    role = build.role(red, VIEW, scope=DataScope.COMPANY, title="窗口")
    client.force_login(of(red))
    address = f"/a/accounts/roles/{role.pk}/assign/"
    view, reverse_ = build.permissions(VIEW)[0], build.permissions(REVERSE)[0]
    data = {"permissions": [view.pk, reverse_.pk], f"scope_{view.pk}": "", f"scope_{reverse_.pk}": "own"}
    assert client.post(address, data).status_code == 302
    role = Role.objects.get(pk=role.pk)
    assert role.other_scopes == {"own": [REVERSE]} and role.scope_text == "所在公司数据（1 项操作另设）"
    page = client.get(address).content.decode()
    assert f'name="scope_{reverse_.pk}"' in page and page.count('value="own" selected') == 1
    assert "当日冲正（仅本人数据）" in client.get(f"/a/accounts/roles/{role.pk}/").content.decode()
    # The same scope as the role's is no scope of its own, and a permission taken away leaves none behind.
    client.post(address, {"permissions": [view.pk, reverse_.pk], f"scope_{reverse_.pk}": "company"})
    assert Role.objects.get(pk=role.pk).other_scopes == {}
    notes = list(Record.objects.filter(event="role.assign").order_by("id").values_list("note", flat=True))
    assert notes == [REVERSE, f"{REVERSE}=company"]


def test_a_scope_that_does_not_exist_is_refused_in_words(red: Office, client: Client) -> None:
    role = build.role(red, VIEW)
    client.force_login(of(red))
    view = build.permissions(VIEW)[0]
    data = {"permissions": [view.pk], f"scope_{view.pk}": "moon"}
    page = client.post(f"/a/accounts/roles/{role.pk}/assign/", data)
    assert page.status_code == 422 and "请从列表中选择数据范围" in page.content.decode()


def test_no_permission_is_given_a_scope_wider_than_the_givers(red: Office, site: Office) -> None:
    role = build.role(site, VIEW, scope=DataScope.OFFICE)
    boss = build.user("boss", site, build.role(site, "accounts.change_role", scope=DataScope.OFFICE_BELOW))
    with pytest.raises(Refusal, match="比自己更大的数据范围"):
        roles.assign_permissions(role.pk, build.permissions(VIEW), scopes={VIEW: "company"}, actor=boss)
    assert Role.objects.get(pk=role.pk).other_scopes == {}
    roles.assign_permissions(role.pk, build.permissions(VIEW), scopes={VIEW: "own"}, actor=boss)


def test_a_system_permission_is_measured_by_its_own_scope(red: Office, site: Office) -> None:
    """Whoever sees users of one office may pass that on in a role that reaches the company with other things."""
    giver = build.role(red, "accounts.change_role", others={DataScope.OFFICE: ("accounts.view_user",)})
    dora = build.user("dora", red, giver)
    narrow = build.role(red, VIEW, scope=DataScope.COMPANY, others={DataScope.OFFICE: ("accounts.view_user",)})
    check_role(narrow, dora, "accounts.change_role")
    wide = build.role(red, "accounts.view_user", scope=DataScope.COMPANY)
    with pytest.raises(Refusal, match="数据范围以外"):
        check_role(wide, dora, "accounts.change_role")


def test_a_copy_keeps_the_scopes(red: Office) -> None:
    role = build.role(red, VIEW, scope=DataScope.COMPANY, others=OTHERS)
    dora = build.user("dora", red, build.role(red, "accounts.add_role", "accounts.change_role"))
    assert roles.copy_role(role.pk, actor=dora).other_scopes == {"office": [SIGN], "own": [REVERSE]}


def test_an_overseen_place_counts_where_a_single_permission_says_so(red: Office, site: Office, client: Client) -> None:
    community = build.community(site)
    role = build.role(red, VIEW, scope=DataScope.OWN, others={DataScope.JURISDICTION: ("meters.view_reading",)})
    alice = build.user("alice", site, role)
    client.force_login(build.user("dora", red, build.role(red, "accounts.view_user", "accounts.change_user")))
    assert f"/a/accounts/users/{alice.pk}/places/" in client.get(f"/a/accounts/users/{alice.pk}/").content.decode()
    page = client.get(f"/a/accounts/users/{alice.pk}/places/").content.decode()
    assert "暂不起作用" not in page
    assert community


def test_one_job_is_one_role(red: Office, site: Office) -> None:
    add_standard_roles(red, actor=None)
    assert Role.objects.filter(office=red).count() == 9
    alice = build.user("alice", site, standard_role(red, "CA"))
    assert alice.scope("billing.view_order").offices == {red.pk, site.pk}
    assert alice.scope("billing.request_void").offices == {site.pk}
    assert alice.scope(REVERSE).own and not alice.scope(REVERSE).offices
    assert Permission.objects.filter(group=standard_role(red, "CA")).count() > 20


def test_roles_of_two_companies_are_told_apart(red: Office, client: Client) -> None:
    blue = build.company("蓝天热力公司")
    for company in (red, blue):
        add_standard_roles(company, actor=None)
    build.role(red, VIEW, title="只此一个")
    root = build.user("root", red, build.role(red, "accounts.add_user", scope=DataScope.ALL))
    client.force_login(root)
    page = client.get("/a/accounts/users/add/").content.decode()
    assert "收费员（红日热力公司）" in page and "收费员（蓝天热力公司）" in page
    assert "只此一个" in page and "只此一个（" not in page
