"""机构管理, 角色管理 and 用户管理, and that no user reaches further than their own scope."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import Role, User
from heating.standard_roles import COMPANY_ADMIN
from org.models import Office
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Office:
    return build.company()


@pytest.fixture
def bob(company: Office, client: Client) -> User:
    """The company's administrator."""
    bob = build.user("bob", company, build.role(company, *COMPANY_ADMIN.permissions))
    client.force_login(bob)
    return bob


def office_data(parent: Office, **changes: Any) -> dict[str, Any]:
    return {"parent": parent.pk, "name": "东城收费站", "kind": "site", "level": "2"} | changes


def test_office_is_added_edited_moved_and_deleted(bob: User, company: Office, client: Client) -> None:
    client.post("/a/org/offices/add/", office_data(company))
    site = Office.objects.get(name="东城收费站")
    assert site.company == company and site.path == f"{company.path}{site.pk}/" and site.code
    client.post(f"/a/org/offices/{site.pk}/add/", office_data(site, name="收费组", kind="department", level="3"))
    group = Office.objects.get(name="收费组")
    other = build.site(company, "西城收费站")
    client.post(f"/a/org/offices/{group.pk}/edit/", office_data(other, name="收费二组", kind="department", level="3"))
    group.refresh_from_db()
    assert group.name == "收费二组" and group.path == f"{other.path}{group.pk}/"
    refused = client.post(f"/a/org/offices/{other.pk}/delete/", {})
    assert "还有 1 个机构" in refused.content.decode()
    client.post(f"/a/org/offices/{group.pk}/delete/", {})
    assert not Office.objects.filter(pk=group.pk).exists()


def test_the_tree_takes_no_circle_no_twin_and_no_foreign_parent(bob: User, company: Office, client: Client) -> None:
    site = build.site(company)
    group = build.site(site, "收费组", kind="department")
    page = client.post(f"/a/org/offices/{site.pk}/edit/", office_data(group))
    assert "不能是自己或自己的下级" in page.content.decode()
    page = client.post("/a/org/offices/add/", office_data(company))
    assert "同名机构" in page.content.decode()
    page = client.post("/a/org/offices/add/", office_data(build.company("别家热力"), name="越界站"))
    assert page.status_code == 422 and not Office.objects.filter(name="越界站").exists()


def test_moving_an_office_takes_the_whole_branch_along(bob: User, company: Office, client: Client) -> None:
    one, two = build.site(company, "一站"), build.site(company, "二站")
    deep = build.site(build.site(one, "组", kind="department"), "小组", kind="department")
    client.post(f"/a/org/offices/{one.pk}/edit/", office_data(two, name="一站"))
    deep.refresh_from_db()
    assert deep.path.startswith(f"{two.path}{one.pk}/") and deep.path.endswith(f"/{deep.pk}/")


def test_role_is_made_assigned_and_deleted_only_when_unused(bob: User, company: Office, client: Client) -> None:
    data = {"office": company.pk, "title": "窗口", "kind": "ordinary", "scope": "office_below"}
    made = client.post("/a/accounts/roles/add/", data)
    role = Role.objects.get(title="窗口")
    assert made["Location"] == f"/a/accounts/roles/{role.pk}/"
    permission = Permission.objects.get(codename="take_payment")
    page = client.get(f"/a/accounts/roles/{role.pk}/assign/")
    assert "收费" in page.content.decode()
    client.post(f"/a/accounts/roles/{role.pk}/assign/", {"permissions": [permission.pk]})
    assert list(role.permissions.all()) == [permission]
    carol = build.user("carol", company, role)
    assert "还有 1 个用户" in client.post(f"/a/accounts/roles/{role.pk}/delete/", {}).content.decode()
    carol.groups.clear()
    client.post(f"/a/accounts/roles/{role.pk}/delete/", {})
    assert not Role.objects.filter(pk=role.pk).exists()


def test_nobody_gives_more_than_their_own(bob: User, company: Office, client: Client) -> None:
    everything = {"office": company.pk, "title": "天", "kind": "ordinary", "scope": "all"}
    assert "更大的数据范围" in client.post("/a/accounts/roles/add/", everything).content.decode()
    role = build.role(company)
    system = Permission.objects.get(codename="change_parameter")
    page = client.post(f"/a/accounts/roles/{role.pk}/assign/", {"permissions": [system.pk]})
    assert page.status_code == 422 and not role.permissions.exists()
    mine = Role.objects.get(user=bob)
    assert "自己所属的角色" in client.post(f"/a/accounts/roles/{mine.pk}/assign/", {"permissions": []}).content.decode()
    sky = build.role(company, scope="all")
    data = {"office": company.pk, "username": "dave", "name": "戴", "phone": "13800000000", "roles": [sky.pk]}
    assert "比您的更大" in client.post("/a/accounts/users/add/", data).content.decode()
    assert not User.objects.filter(username="dave").exists()
    assert "不能修改自己" in client.post(f"/a/accounts/users/{bob.pk}/disable/", {}).content.decode()


def test_user_is_added_with_a_password_shown_once(bob: User, company: Office, client: Client) -> None:
    role = build.role(company, "payments.take_payment")
    data = {"office": company.pk, "username": "dave", "name": "戴", "phone": "13800000000", "roles": [role.pk]}
    page = client.post("/a/accounts/users/add/", data, follow=True)
    dave = User.objects.get(username="dave")
    assert "初始密码" in page.content.decode() and dave.must_change_password
    assert dave.has_perm("payments.take_payment")
    assert "初始密码" not in client.get("/a/accounts/users/").content.decode()
    client.post(f"/a/accounts/users/{dave.pk}/edit/", data | {"roles": []})
    assert not User.objects.get(pk=dave.pk).has_perm("payments.take_payment")
    client.post(f"/a/accounts/users/{dave.pk}/disable/", {})
    assert not User.objects.get(pk=dave.pk).is_active
    taken = client.post("/a/accounts/users/add/", data | {"username": "DAVE"})
    assert "登录名不可用，请换一个" in taken.content.decode()


def test_foreign_roles_and_users_do_not_exist(bob: User, client: Client) -> None:
    other = build.company("别家热力")
    role = build.role(other)
    eve = build.user("eve", other, role)
    for address in (
        f"/a/accounts/roles/{role.pk}/assign/",
        f"/a/accounts/users/{eve.pk}/edit/",
        f"/a/org/offices/{other.pk}/edit/",
    ):
        assert client.get(address).status_code == 404
        assert client.post(address, {}).status_code == 404
    assert "eve" not in client.get("/a/accounts/users/").content.decode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138-1234-5678", "13812345678"),
        ("１３８ １２３４ ５６７８", "13812345678"),
        ("+86 13812345678", "13812345678"),
        ("0531-12345678", ""),
        ("13812345678/13912345678", ""),
        ("1381234567", ""),
    ],
)
def test_phone_and_name_of_a_user_are_kept_as_an_import_keeps_them(
    bob: User, company: Office, client: Client, typed: str, kept: str
) -> None:
    data = {"office": company.pk, "username": "dave", "name": "戴\u3000\u200b维", "phone": typed}
    client.post("/a/accounts/users/add/", data)
    found = User.objects.filter(username="dave").values_list("name", "phone")
    assert list(found) == ([("戴维", kept)] if kept else [])


def test_a_name_of_nothing_that_can_be_seen_is_none(bob: User, company: Office, client: Client) -> None:
    for title in ("\u200b", "　\u200b　"):
        role = {"office": company.pk, "title": title, "kind": "ordinary", "scope": "office_below"}
        assert client.post("/a/accounts/roles/add/", role).status_code == 422
        user = {"office": company.pk, "username": "dave", "name": title, "phone": "13800000000"}
        assert client.post("/a/accounts/users/add/", user).status_code == 422
