"""首页 of those who run the system: what waits, who is locked out, what runs, and the first steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import LoginGuard, User
from heating.audit.models import Record
from heating.audit.services import record
from heating.imports.models import Batch
from heating.jobs.models import Job
from heating.jobs.states import JobState
from heating.standard_roles import COMPANY_ADMIN, SYSTEM_ADMIN
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


@pytest.fixture
def admin(company: Office) -> User:
    return build.user("admin", company, build.role(company, *SYSTEM_ADMIN.permissions, scope="all"))


def home(client: Client) -> Any:
    answer = client.get("/a/")
    assert answer.status_code == 200
    return answer


def waiting(answer: Any) -> dict[str, int]:
    return {todo.label: todo.count for todo in answer.context["todos"]}


def lock(user: User) -> None:
    until = timezone.now() + timedelta(hours=3)
    LoginGuard.objects.create(key=user.username, user=user, failures=5, locked_until=until)


def test_the_administrator_sees_whom_to_unlock(bob: User, company: Office, client: Client) -> None:
    alice, eve = build.user("alice", company), build.user("eve", build.company("别家热力"))
    lock(alice)
    lock(eve)
    page = home(client)
    text = page.content.decode()
    assert f"/a/accounts/users/{alice.pk}/unlock/" in text and f"users/{eve.pk}/unlock" not in text
    assert waiting(page)["已锁定的账号"] == 1
    rows = client.get("/a/accounts/users/", {"active": "locked"}).context["rows"]
    assert [row.pk for row in rows] == [alice.pk]
    client.post(f"/a/accounts/users/{alice.pk}/unlock/", {})
    assert "没有被锁定的账号" in home(client).content.decode()


def test_people_without_role_or_password_are_counted_and_listed(bob: User, company: Office, client: Client) -> None:
    nina = build.user("nina", company)
    fresh = build.user("fresh", company, build.role(company))
    fresh.set_unusable_password()
    fresh.save()
    build.user("gone", company, is_active=False)
    assert waiting(home(client)) | {"未分配角色的用户": 1, "未设密码的用户": 1} == waiting(home(client))
    for word, pk in (("norole", nina.pk), ("new", fresh.pk)):
        assert [row.pk for row in client.get("/a/accounts/users/", {"active": word}).context["rows"]] == [pk]


def test_jobs_that_run_or_failed_and_imports_are_shown_in_scope(bob: User, company: Office, client: Client) -> None:
    theirs = build.company("别家热力")
    now = timezone.now()

    def job(title: str, office: Office, state: str, age: int = 0) -> Job:
        ended = now - timedelta(days=age) if state == JobState.FAILED else None
        fields = {"state": state, "office_id": office.pk, "run_at": now, "finished_at": ended, "error": "文件已损坏"}
        return Job.objects.create(kind="import.check", title=title, **fields)

    for title, office, state, age in (
        ("正在跑的任务", company, JobState.RUNNING, 0),
        ("刚失败的任务", company, JobState.FAILED, 1),
        ("早失败的任务", company, JobState.FAILED, 30),
        ("做完了的任务", company, JobState.DONE, 0),
        ("别家的任务", theirs, JobState.RUNNING, 0),
    ):
        job(title, office, state, age)
    for name, office in (("户室.xlsx", company), ("别家.xlsx", theirs)):
        Batch.objects.create(kind="rooms", company_id=office.pk, office_id=office.pk, file_name=name, created_by=bob)
    Batch.objects.filter(file_name="别家.xlsx").update(created_by=None)
    text = home(client).content.decode()
    assert all(word in text for word in ("正在跑的任务", "刚失败的任务", "文件已损坏", "户室导入：户室.xlsx"))
    assert not any(word in text for word in ("早失败的任务", "做完了的任务", "别家的任务", "别家.xlsx"))


def test_more_than_a_hundred_reveals_an_hour_raise_the_alarm(bob: User, company: Office, client: Client) -> None:
    eve = build.user("eve", company, name="艾娃")
    owner = build.owner(company)
    for _ in range(100):
        record(eve, "owner.reveal", owner)
    assert "请核实用途" not in home(client).content.decode()
    record(eve, "owner.reveal", owner)
    page = home(client)
    assert "艾娃(eve)" in page.content.decode() and "101 次" in page.content.decode()
    assert waiting(page)["一小时内查看敏感信息超过 100 次的人员"] == 1
    shown = client.get("/a/logs/", {"permission": "owner.reveal", "actor": "eve"})
    assert shown.context["count"] == 101 and Record.objects.count() > 101
    client.force_login(build.user("carl", build.company("别家热力"), bob.groups.get().role))
    assert "艾娃" not in home(client).content.decode()


def test_the_first_steps_lead_to_what_each_may_do(bob: User, admin: User, company: Office, client: Client) -> None:
    steps = home(client).context["steps"]
    assert (steps[0][1], bool(steps[0][2])) == (False, True)
    assert steps[2][2] == "/a/property/rooms/import/" and not steps[3][2]
    build.site(company)
    build.product(build.season(company))
    build.room(office=company)
    client.force_login(admin)
    steps = home(client).context["steps"]
    assert [done for _, done, _ in steps] == [True, True, True, False]
    assert steps[0][2] and not any(url for _, _, url in steps[1:])  # the system administrator never touches money


def test_the_demo_says_that_it_is_one(bob: User, client: Client, settings: Any) -> None:
    settings.DEMO = True
    assert "演示模式" in home(client).content.decode()
    settings.DEMO = False
    assert "演示模式" not in home(client).content.decode()


def test_others_see_nothing_of_it(company: Office, client: Client) -> None:
    alice = build.cashier(build.site(company))
    lock(build.user("nina", company))
    client.force_login(alice)
    page = home(client)
    text = page.content.decode()
    assert not any(word in text for word in ("已锁定的账号", "后台任务</h2>", "最近的导入", "开始使用", "未分配角色"))
