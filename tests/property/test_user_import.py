"""用户导入: the same road as the other imports, and no further than the importer could go by hand."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import DataScope, User
from accounts.services.lockout import try_password
from heating.audit.models import Record
from heating.imports.importer import IMPORTERS, Destination
from heating.imports.services import check_now, commit_batch, commit_now, import_now, receive, undo_now
from heating.imports.workbook import WorkbookRefusal
from heating.jobs.models import Job
from heating.jobs.states import JobState
from heating.kit.errors import Refusal
from heating.standard_roles import COMPANY_ADMIN
from tests import build
from tests.imports.files import save

pytestmark = pytest.mark.django_db
HEAD = ("机构*", "登录名*", "姓名*", "手机*", "角色*", "辖区小区")


class Town:
    """A company with two sites, roles for windows and for readers, and its administrator."""

    def __init__(self) -> None:
        self.company = build.company()
        self.east, self.west = build.site(self.company), build.site(self.company, "西城收费站")
        for site in (self.east, self.west):
            build.site(site, "收费组", kind="department")
        self.window = build.role(self.company, "payments.take_payment", scope=DataScope.COMPANY, title="收费员")
        self.reader = build.role(self.company, "meters.add_reading", scope=DataScope.JURISDICTION, title="抄表员")
        self.bob = build.user("bob", self.company, build.role(self.company, *COMPANY_ADMIN.permissions, title="管理员"))
        self.sunny = build.community(self.east)
        self.peace = build.community(self.west, "和平小区")


@pytest.fixture
def town() -> Town:
    return Town()


def person(n: int, **changes: Any) -> dict[str, Any]:
    row = {"机构": "东城收费站", "登录名": f"user{n}", "姓名": f"员工{n}", "手机": f"138{n:08d}", "角色": "收费员"}
    return row | changes


def to(user: Any) -> Destination:
    return Destination(user.office.company_id, user.office_id, user, timezone.localdate())


def remarks(path: Path, user: Any) -> dict[int, str]:
    """Return what is said on each row by Excel row number."""
    result = IMPORTERS["users"].check(path, to(user))
    return {row + 1: "；".join(i.sentence for i in result.issues(row)) for row in result.sheet.data_rows}


def test_users_come_with_office_roles_and_jurisdiction(town: Town, tmp_path: Path) -> None:
    rows = [
        person(1),
        person(2, 机构="西城收费站/收费组", 手机="138-0000-0002", 角色="收费员、抄表员", 辖区小区="阳光小区，和平小区"),
        person(3, 登录名="ＺｈａｎｇSan", 手机=13800000003.0),
    ]
    batch = import_now("users", save(tmp_path / "a.xlsx", rows, HEAD), to(town.bob))
    assert batch.counts["made"] == {"users": 3, "overseen": 2} and batch.counts["ok"] == 3
    second = User.objects.get(username="user2")
    assert str(second.office.parent) == "西城收费站" and second.phone == "13800000002"
    assert {g.role.title for g in second.groups.all()} == {"收费员", "抄表员"}
    assert second.scope("meters.add_reading").communities == {town.sunny.pk, town.peace.pk}
    assert User.objects.get(username="ZhangSan").phone == "13800000003"
    assert Record.objects.filter(event="user.add", actor=town.bob).count() == 3
    assert Record.objects.filter(event="user.import").count() == 1
    assert "1380000000" not in str(list(Record.objects.values_list("before", "after", "note", "target_text")))


def test_nobody_signs_in_before_they_was_given_a_password(town: Town, tmp_path: Path, client: Client) -> None:
    import_now("users", save(tmp_path / "a.xlsx", [person(1), person(2)], HEAD), to(town.bob))
    fresh = User.objects.filter(username__startswith="user")
    assert not any(user.has_usable_password() for user in fresh) and all(user.must_change_password for user in fresh)
    for guess in ("", "!", "user1", fresh[0].password):
        assert try_password("user1", guess, address="", now=timezone.now()) is None
    client.force_login(town.bob)
    page = client.get("/a/accounts/users/", {"active": "new"})
    assert {row.cells[0].text for row in page.context["rows"]} == {"user1", "user2"}
    ids = [row.pk for row in page.context["rows"]]
    asked = client.post("/a/accounts/users/reset/", {"ids": ids}).content.decode()
    assert "重置密码？" in asked and not User.objects.get(username="user1").has_usable_password()
    given = client.post("/a/accounts/users/reset/", {"ids": ids, "confirm": "1"})
    assert "no-store" in given["Cache-Control"]
    shown = re.findall(r"<code>([^<]+)</code>", given.content.decode())
    assert len(shown) == 2 == len(set(shown))
    user1 = User.objects.get(username="user1")
    assert sum(user1.check_password(password) for password in shown) == 1 and user1.must_change_password
    assert Record.objects.filter(event="user.reset_password", actor=town.bob).count() == 2
    everything = str(list(Record.objects.values())) + client.get("/a/accounts/users/").content.decode()
    assert not any(password in everything for password in shown)


def test_many_passwords_are_given_together_or_not_at_all(town: Town, client: Client) -> None:
    client.force_login(town.bob)
    dave = build.user("dave", town.east)
    eve = build.user("eve", build.company("别家热力"))
    sky = build.user("sky", town.company, build.role(town.company, "accounts.change_user", scope=DataScope.ALL))
    before = dict(User.objects.values_list("username", "password"))
    for ids in ([dave.pk, sky.pk], [dave.pk, town.bob.pk], [eve.pk], [], ["x", "9" * 30], [0]):
        page = client.post("/a/accounts/users/reset/", {"ids": ids, "confirm": "1"}, follow=True)
        assert page.status_code == 200 and "<code>" not in page.content.decode(), ids
        assert dict(User.objects.values_list("username", "password")) == before
    assert "请先在用户列表中勾选" in client.get("/a/accounts/users/reset/", follow=True).content.decode()
    mixed = client.post("/a/accounts/users/reset/", {"ids": [dave.pk, eve.pk], "confirm": "1"})
    assert mixed.content.decode().count("<code>") == 1 and User.objects.get(pk=eve.pk).password == before["eve"]


def test_each_bad_row_is_refused_with_its_sentence(town: Town, tmp_path: Path) -> None:
    build.user("Alice", town.east)
    build.role(town.company, scope=DataScope.ALL, title="天")
    other = build.company("别家热力")
    build.role(other, title="别家角色")
    build.community(build.site(other, "别家站"), "别家小区")
    wrong = {
        "没有机构“南站”": person(1, 机构="南站"),
        "没有机构“别家热力”": person(2, 机构="别家热力"),
        "有多个机构叫“收费组”": person(3, 机构="收费组"),
        "没有角色“站长”": person(4, 角色="收费员、站长"),
        "没有角色“别家角色”": person(5, 角色="别家角色"),
        "比您的更大": person(6, 角色="天"),
        "登录名不可用，请换一个": person(7, 登录名="ALICE"),
        "须为 2–40 位": person(8, 登录名="张三"),
        "11 位手机号": person(9, 手机="0531-88776655"),
        "没有小区“别家小区”": person(10, 角色="抄表员", 辖区小区="别家小区"),
        "角色不能为空": person(11, 角色=None),
        "姓名不能为空": person(12, 姓名=" "),
    }
    twins = [person(20, 登录名="twin"), person(21, 登录名="TWIN")]
    said = remarks(save(tmp_path / "a.xlsx", [*wrong.values(), *twins], HEAD), town.bob)
    for row, sentence in enumerate(wrong, start=2):
        assert sentence in said[row], (sentence, said[row])
    assert all("登录名在文件中重复" in said[row] for row in (len(wrong) + 2, len(wrong) + 3))
    batch = import_now("users", tmp_path / "a.xlsx", to(town.bob))
    assert batch.counts["error"] == len(wrong) + 2 and batch.counts["made"] == {}


def test_what_is_odd_but_possible_is_only_remarked(town: Town, tmp_path: Path) -> None:
    rows = [person(1, 角色="抄表员"), person(2, 辖区小区="阳光小区")]
    said = remarks(save(tmp_path / "a.xlsx", rows, HEAD), town.bob)
    assert "还没有填辖区小区" in said[2] and "暂不起作用" in said[3]


def test_a_site_manager_adds_nobody_beyond_their_site(town: Town, tmp_path: Path) -> None:
    carol = build.user("carol", town.east, build.role(town.company, "accounts.add_user", scope=DataScope.OFFICE_BELOW))
    build.role(town.east, "payments.take_payment", scope=DataScope.OFFICE_BELOW, title="本站收费员")
    build.role(town.east, "payments.take_payment", scope=DataScope.COMPANY, title="全公司收费员")
    rows = [
        person(1, 角色="本站收费员", 机构="收费组"),
        person(2, 机构="西城收费站", 角色="本站收费员"),
        person(3, 角色="全公司收费员"),
        person(4, 角色="本站收费员", 辖区小区="和平小区"),
    ]
    said = remarks(save(tmp_path / "a.xlsx", rows, HEAD), carol)
    assert said[2] == "" and "没有机构“西城收费站”" in said[3]
    assert "更大" in said[4] and "没有小区“和平小区”" in said[5]


def test_the_page_checks_imports_and_takes_back(town: Town, tmp_path: Path, client: Client) -> None:
    client.force_login(town.bob)
    assert client.get("/a/accounts/users/import/template").status_code == 200
    path = save(tmp_path / "a.xlsx", [person(1), person(2, 角色="站长")], HEAD)
    with path.open("rb") as file:
        batch = receive("users", file, "a.xlsx", actor=town.bob, company_id=town.company.pk, office_id=town.company.pk)
    check_now(batch.pk, actor=town.bob)
    Job.objects.update(state=JobState.DONE)
    page = client.get(f"/a/accounts/users/import/{batch.pk}/").content.decode()
    assert "没有角色“站长”" in page and "确认导入" in page
    batch = commit_batch(batch.pk, actor=town.bob, permission="accounts.add_user")
    commit_now(batch.pk, actor=town.bob)
    Job.objects.update(state=JobState.DONE)
    page = client.get(f"/a/accounts/users/import/{batch.pk}/").content.decode()
    assert "用户 1" in page and "导入的用户还没有密码" in page and "?active=new" in page
    assert "本批次新建的用户都会删除" in client.get(f"/a/accounts/users/import/{batch.pk}/undo/").content.decode()
    client.force_login(build.user("nina", town.east))
    assert client.get("/a/accounts/users/import/").status_code == 403
    client.force_login(build.user("eve", build.company("别家热力"), town.bob.groups.get().role))
    assert client.get(f"/a/accounts/users/import/{batch.pk}/").status_code == 404


def test_a_batch_is_taken_back_only_while_untouched(town: Town, tmp_path: Path, client: Client) -> None:
    path = save(tmp_path / "a.xlsx", [person(1, 角色="抄表员", 辖区小区="阳光小区"), person(2)], HEAD)
    batch = import_now("users", path, to(town.bob))
    assert IMPORTERS["users"].stands(batch)
    user = User.objects.get(username="user1")
    client.force_login(town.bob)
    client.post(f"/a/accounts/users/{user.pk}/reset/", {})
    with pytest.raises(Refusal, match="1 个用户已被修改或重置过密码"):
        undo_now(batch.pk, actor=town.bob)
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    with pytest.raises(Refusal, match="1 个用户已登录过"):
        undo_now(batch.pk, actor=town.bob)
    other = import_now(
        "users", save(tmp_path / "b.xlsx", [person(5, 角色="抄表员", 辖区小区="阳光小区")], HEAD), to(town.bob)
    )
    assert undo_now(other.pk, actor=town.bob) == {"users": 1}
    assert not User.objects.filter(username="user5").exists() and not IMPORTERS["users"].stands(other)
    again = import_now("users", tmp_path / "b.xlsx", to(town.bob))
    assert again.counts["made"]["users"] == 1


def test_the_same_file_again_adds_nobody(town: Town, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [person(1)], HEAD)
    first = import_now("users", path, to(town.bob))
    again = import_now("users", path, to(town.bob))
    assert again.counts["same_as"] == first.pk and User.objects.filter(username="user1").count() == 1


def test_two_thousand_are_taken_and_more_are_refused(town: Town, tmp_path: Path) -> None:
    few = save(tmp_path / "a.xlsx", [person(n) for n in range(100)], HEAD)
    many = save(tmp_path / "b.xlsx", [person(n) for n in range(2000)], HEAD)
    counts = []
    for path in (few, many):
        with CaptureQueriesContext(connection) as queries:
            assert IMPORTERS["users"].check(path, to(User.objects.get(username="bob"))).counts()["ok"] in (100, 2000)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    too_many = save(tmp_path / "c.xlsx", [person(n) for n in range(2001)], HEAD)
    with pytest.raises(WorkbookRefusal, match=r"2,000 个用户"):
        IMPORTERS["users"].check(too_many, to(town.bob))


def test_the_shell_checks_and_imports_like_the_other_kinds(town: Town, tmp_path: Path) -> None:
    path, out = save(tmp_path / "a.xlsx", [person(1), person(2, 机构="南站")], HEAD), StringIO()
    call_command("intake", "users", str(path), "--check", "--json", "--user", "bob", stdout=out)
    report = json.loads(out.getvalue())
    assert report["totals"]["ok"] == 1 and report["rows"][2]["issues"][0]["code"] == "unknown_office"
    assert not User.objects.filter(username="user1").exists()
    call_command("intake", "users", str(path), "--commit", "--json", stdout=StringIO())
    assert User.objects.get(username="user1").office == town.east
