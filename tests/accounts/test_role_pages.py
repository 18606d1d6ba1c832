"""The page of a role, 分配 as a matrix, 分配用户, 停用: what a person reads and clicks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import DataScope, Role, User
from accounts.queries import word
from accounts.services.roles import assignable
from accounts.tables import COLUMNS, matrix
from heating.audit.models import Record
from heating.standard_roles import COMPANY_ADMIN, JOBS
from tests import build

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"^[\u4e00-\u9fff]+$")


@pytest.fixture
def bob(client: Client) -> User:
    """The company's administrator."""
    red = build.company()
    bob = build.user("bob", red, build.role(red, *COMPANY_ADMIN.permissions))
    client.force_login(bob)
    return bob


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_assignable_permission_stands_once_in_the_matrix_with_chinese_words() -> None:
    everything = build.permissions(*{name for job in JOBS.values() for name in job.permissions})
    red = build.company()
    root = build.user("root", red, build.role(red, scope="all"))
    root.groups.get().permissions.set(everything)
    rows = assignable(User.objects.get(pk=root.pk))
    assert set(everything) <= set(rows)
    lines = [line for _, found in matrix(rows) for line in found]
    deeds = [deed for line in lines for cell in line.cells for deed in cell]
    assert sorted(deed.permission.pk for deed in deeds) == sorted(p.pk for p in rows)
    assert not [deed for deed in deeds if not CHINESE.match(deed.word)]
    assert not [line.thing for line in lines if not CHINESE.match(line.thing)]
    assert {module for module, _ in matrix(rows)} == {
        "系统设置",
        "基础信息管理",
        "业务管理",
        "缴费管理",
        "报表统计",
    }


def test_deeds_stand_in_their_column() -> None:
    found = {}
    for name in ("view_order", "add_user", "change_user", "delete_user", "approve_refund", "view_loginlog", "dun"):
        permission = Permission.objects.get(codename=name)
        ((_, (line,)),) = matrix([permission])
        (found[word(permission)],) = (COLUMNS[n] for n, cell in enumerate(line.cells) if cell)
    assert found == {
        "查看": "查看",
        "新增": "新增",
        "编辑": "编辑",
        "删除": "删除",
        "审批退费": "审批",
        "查看登录日志": "其他",
        "欠费催缴": "其他",
    }


def test_the_page_of_a_role_tells_what_it_opens_and_who_has_it(bob: User, client: Client) -> None:
    role = build.role(bob.office, "billing.view_order", "accounts.add_user", scope="chosen", title="窗口")
    role.offices.set([bob.office])
    build.user("alice", bob.office, role)
    page = text(client, f"/a/accounts/roles/{role.pk}/")
    for said in ("窗口", "按明细设置", "alice", "缴费订单管理", "缴费管理", "新增", "导出", bob.office.name):
        assert said in page, said
    assert "Can " not in page and "view_order" not in page
    empty = text(client, f"/a/accounts/roles/{build.role(bob.office).pk}/")
    assert "还没有菜单" in empty and "还没有用户" in empty


def test_assigning_shows_ticks_by_menu_and_keeps_them(bob: User, client: Client) -> None:
    role = build.role(bob.office, "billing.view_order")
    address = f"/a/accounts/roles/{role.pk}/assign/"
    held = Permission.objects.get(codename="view_order")
    assert f'value="{held.pk}" checked' in text(client, address)
    new = Permission.objects.get(codename="take_payment")
    client.post(address, {"permissions": [held.pk, new.pk]})
    assert set(role.permissions.all()) == {held, new}
    page = client.post(address, {"permissions": ["x", held.pk]})
    assert page.status_code == 422 and f'value="{held.pk}" checked' in page.content.decode()


def test_users_are_given_a_role_on_its_page(bob: User, client: Client) -> None:
    east, west = build.site(bob.office), build.site(bob.office, "西城收费站")
    role = build.role(bob.office, "billing.view_order", scope="office")
    alice, charlie = build.user("alice", east, role), build.user("charlie", west)
    eve = build.user("eve", build.company("别家热力"))
    address = f"/a/accounts/roles/{role.pk}/users/"
    page = text(client, address)
    assert page.index("已选") < page.index("alice") < page.index("可添加") < page.index("charlie")
    assert "eve" not in page and 'aria-label="bob' not in page
    assert "alice" not in text(client, f"{address}?office={west.pk}")
    assert "charlie" not in text(client, f"{address}?name=ali")
    client.post(address, {"shown": [alice.pk], "pick": [charlie.pk]})
    assert list(role.user_set.values_list("username", flat=True)) == ["charlie"]
    assert {r.target_id: r.after["roles"] for r in Record.objects.filter(event="user.roles")} == {
        alice.pk: [],
        charlie.pk: [role.title],
    }
    for bad in (eve.pk, bob.pk, "x", 10**25):
        assert client.post(address, {"pick": [bad]}).status_code == 422
    assert list(role.user_set.all()) == [charlie]


def test_a_role_is_disabled_and_enabled(bob: User, client: Client) -> None:
    role = build.role(bob.office, "billing.view_order")
    alice = build.user("alice", bob.office, role)
    client.post(f"/a/accounts/roles/{role.pk}/disable/")
    assert not User.objects.get(pk=alice.pk).has_perm("billing.view_order")
    assert "停用" in text(client, "/a/accounts/roles/")
    assert "已停用" in text(client, f"/a/accounts/roles/{role.pk}/users/")
    client.post(f"/a/accounts/roles/{role.pk}/enable/")
    assert User.objects.get(pk=alice.pk).has_perm("billing.view_order")
    assert Role.objects.get(pk=role.pk).active


def test_an_empty_shell_says_why(client: Client) -> None:
    red = build.company()
    for roles, sentence in ([(), "还没有分配角色"], [(build.role(red),), "角色还没有分配菜单"]):
        client.force_login(build.user(f"u{len(roles)}", red, *roles))
        assert sentence in text(client, "/a/")
    client.force_login(build.user("full", red, build.role(red, "billing.view_order")))
    assert "还没有分配" not in text(client, "/a/") and "没有待办事项" in text(client, "/a/")
    off = build.role(red, "billing.view_order")
    client.force_login(build.user("off", red, off))
    Role.objects.filter(pk=off.pk).update(active=False)
    assert "您的角色已停用" in text(client, "/a/") and "还没有分配" not in text(client, "/a/")


def test_offices_of_one_name_are_told_apart_by_the_one_above(bob: User, client: Client) -> None:
    for place in ("东城收费站", "西城收费站"):
        build.site(build.site(bob.office, place), "收费组", kind="department")
    role = build.role(bob.office, scope=DataScope.CHOSEN)
    page = text(client, f"/a/accounts/roles/{role.pk}/offices/")
    assert "东城收费站/收费组" in page and "西城收费站/收费组" in page and f"{bob.office}/" not in page
    assert "---------" not in text(client, "/a/accounts/roles/add/")


def test_pages_of_foreign_roles_and_users_do_not_exist(bob: User, client: Client) -> None:
    other = build.company("别家热力")
    role = build.role(other)
    eve = build.user("eve", other, role)
    for address in (
        f"/a/accounts/roles/{role.pk}/",
        f"/a/accounts/roles/{role.pk}/users/",
        f"/a/accounts/roles/{role.pk}/disable/",
        f"/a/accounts/users/{eve.pk}/",
        f"/a/accounts/roles/{role.pk}/places/",
        f"/a/accounts/users/{eve.pk}/places/",
    ):
        assert client.get(address).status_code == 404, address
        assert client.post(address).status_code in (404, 405), address


def test_a_resetter_meets_the_sentence_on_the_page(bob: User, client: Client) -> None:
    sky: Any = build.role(bob.office, scope="all")
    boss = build.user("boss", bob.office, sky)
    page = client.post(f"/a/accounts/users/{boss.pk}/reset/").content.decode()
    assert "权限比您的更大" in page and "新密码" not in page


def test_roles_stand_in_the_order_in_which_they_were_made(bob: User, client: Client) -> None:
    """Also beyond the first page: counting users by groups had left the order to chance."""
    for number in range(45):
        build.role(bob.office, title=f"岗位{number}")
    pages = [client.get(f"/a/accounts/roles/?page={page}").context["rows"] for page in (1, 2, 3)]
    assert [row.pk for rows in pages for row in rows] == list(Role.objects.order_by("pk").values_list("pk", flat=True))
