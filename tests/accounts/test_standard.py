"""Standard roles of a company, and the first company of an empty system."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import DataScope, Role, User
from accounts.services.standard import add_standard_roles, standard_role
from heating.audit.models import Record
from org.models import Office
from tests import build

pytestmark = pytest.mark.django_db


def test_an_empty_system_gets_a_company_and_an_administrator_who_can_begin(client: Client) -> None:
    said = StringIO()
    call_command("create_company", "向阳热力有限公司", stdout=said)
    admin = User.objects.get()
    password = said.getvalue().split("初始密码：")[1].split("（")[0]
    assert admin.check_password(password) and admin.must_change_password and admin.is_staff
    assert Office.objects.get().name == "向阳热力有限公司"
    admin.must_change_password = False
    admin.save()
    client.force_login(admin)
    for address in ("/a/", "/a/org/offices/", "/a/accounts/roles/", "/a/accounts/users/add/", "/admin/"):
        assert client.get(address).status_code == 200, address
    assert Record.objects.filter(event="user.add").exists()


def test_it_is_not_done_twice() -> None:
    build.company()
    with pytest.raises(CommandError, match="已有"):
        call_command("create_company", "又一家")


@pytest.mark.parametrize("arguments", [("",), ("好公司", "--admin", "a b")])
def test_odd_names_are_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="1–60"):
        call_command("create_company", *arguments)
    assert not Office.objects.exists()


def test_a_new_company_gets_its_standard_roles_on_the_page(client: Client) -> None:
    home = build.company()
    add_standard_roles(home, actor=None)
    admin = build.user("admin", home, standard_role(home, "SA"))
    other = build.company("新并入的公司")
    client.force_login(admin)
    page = client.post("/a/accounts/roles/standard/", {"office": other.pk}, follow=True)
    assert "个标准角色" in page.content.decode()
    titles = set(Role.objects.filter(office=other).values_list("title", flat=True))
    assert "收费员" in titles and "系统管理员" not in titles
    assert not Role.objects.filter(office=other, scope=DataScope.ALL).exists()
    again = client.post("/a/accounts/roles/standard/", {"office": other.pk}, follow=True)
    assert "没有新建" in again.content.decode()


def test_a_company_administrator_gives_them_to_their_own_companies_only(client: Client) -> None:
    home, other = build.company(), build.company("别家")
    add_standard_roles(home, actor=None)
    boss = build.user("boss", home, standard_role(home, "EA"))
    client.force_login(boss)
    assert client.post("/a/accounts/roles/standard/", {"office": other.pk}).status_code == 422
    assert not Role.objects.filter(office=other).exists()
