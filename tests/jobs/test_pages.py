"""The pages of long work: whose they are, what they show, and in a real browser that they live."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import DataScope
from heating.jobs.models import Job
from heating.jobs.services import enqueue
from heating.jobs.states import JobState
from tests import build
from tests.browser import sign_in


@pytest.fixture
def cast(db):
    company = build.company()
    east, west = build.site(company, "东城收费站"), build.site(company, "西城收费站")
    return build.user("alice", east), build.user("charlie", west)


def ended(actor, settings, **fields):
    job = enqueue("jobs.clean", actor=actor)
    folder = settings.MEDIA_ROOT / "jobs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "结果.xlsx").write_bytes(b"rows of alice")
    Job.objects.filter(pk=job.pk).update(
        state=JobState.DONE, finished_at=timezone.now(), result_file="jobs/结果.xlsx", **fields
    )
    return job


@pytest.mark.parametrize("action", ["detail", "progress", "cancel", "retry", "result", "errors"])
def test_another_persons_job_is_not_found(client, cast, action):
    alice, charlie = cast
    job = enqueue("jobs.clean", actor=alice)
    client.force_login(charlie, backend="accounts.backends.RoleBackend")
    assert client.get(reverse(f"jobs:job-{action}", args=[job.pk])).status_code == 404


def test_a_person_with_the_permission_sees_the_jobs_of_their_scope_but_not_their_files(client, cast, settings):
    alice, _ = cast
    role = build.role(alice.office, "jobs.view_all_job", scope=DataScope.OFFICE)
    bob, dora = build.user("bob", alice.office, role), build.user("dora", cast[1].office)
    mine, foreign = ended(alice, settings), enqueue("jobs.clean", actor=dora)
    client.force_login(bob, backend="accounts.backends.RoleBackend")
    assert client.get(reverse("jobs:job-detail", args=[mine.pk])).status_code == 200
    assert client.get(reverse("jobs:job-result", args=[mine.pk])).status_code == 404
    assert client.get(reverse("jobs:job-detail", args=[foreign.pk])).status_code == 404


def test_the_creator_downloads_the_result(client, cast, settings):
    alice, _ = cast
    job = ended(alice, settings)
    client.force_login(alice, backend="accounts.backends.RoleBackend")
    answer = client.get(reverse("jobs:job-result", args=[job.pk]))
    assert b"".join(answer.streaming_content) == b"rows of alice"
    assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("jobs:job-errors", args=[job.pk])).status_code == 404


def test_a_file_outside_the_folder_is_never_given_out(client, cast, settings):
    alice, _ = cast
    job = ended(alice, settings, error_file="../../etc/passwd")
    client.force_login(alice, backend="accounts.backends.RoleBackend")
    assert client.get(reverse("jobs:job-errors", args=[job.pk])).status_code in (400, 404)


def test_looking_changes_nothing_and_the_bell_is_cleared_by_a_post(client, cast, settings):
    alice, _ = cast
    job = ended(alice, settings)
    client.force_login(alice, backend="accounts.backends.RoleBackend")
    for _ in range(2):
        assert "后台任务（1 个已结束）" in client.get(reverse("jobs:job-detail", args=[job.pk])).text
    client.post(reverse("jobs:job-seen", args=[job.pk]))
    assert "个已结束" not in client.get(reverse("jobs:job-detail", args=[job.pk])).text


def test_cancel_and_retry_by_their_pages(client, cast):
    alice, _ = cast
    job = enqueue("jobs.clean", actor=alice)
    client.force_login(alice, backend="accounts.backends.RoleBackend")
    for action, state in (("cancel", JobState.CANCELLED), ("retry", JobState.QUEUED)):
        assert client.get(reverse(f"jobs:job-{action}", args=[job.pk])).status_code == 200
        client.post(reverse(f"jobs:job-{action}", args=[job.pk]))
        job.refresh_from_db()
        assert job.state == state
    answer = client.post(reverse("jobs:job-retry", args=[job.pk]))
    assert "当前状态为“排队中”" in answer.text


def test_the_list_shows_own_jobs_only_and_costs_the_same_for_one_and_for_three(
    client, cast, django_assert_num_queries, django_assert_max_num_queries
):
    alice, charlie = cast
    enqueue("jobs.clean", actor=charlie, title="别人的任务")
    enqueue("jobs.clean", actor=alice, title="我的任务一")
    client.force_login(alice, backend="accounts.backends.RoleBackend")
    with django_assert_max_num_queries(12) as one:
        client.get(reverse("jobs:job-list"))
    enqueue("jobs.clean", actor=alice, title="我的任务二")
    enqueue("jobs.clean", actor=alice, title="我的任务三")
    with django_assert_num_queries(len(one)):
        page = client.get(reverse("jobs:job-list")).text
    assert "我的任务三" in page
    assert "别人的任务" not in page


@pytest.mark.browser
def test_in_a_browser_a_job_shows_its_progress_ends_by_itself_and_gives_its_file(page, live, start_worker):
    alice = build.user("alice", build.site(build.company()))
    job = enqueue("tests.count", {"upto": 60, "pause": 0.05}, actor=alice, title="导出对账单")
    sign_in(page, live, alice)
    page.goto(f"{live}/a/jobs/{job.pk}")
    expect(page.get_by_text("排队中").first).to_be_visible()
    start_worker()
    expect(page.get_by_text(re.compile(r"已处理 \d+ / 60"))).to_be_visible()
    expect(page.get_by_text(re.compile("预计还需"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载结果").click()
    assert download.value.path().read_text() == "60"
    expect(page.get_by_text("已完成").first).to_be_visible()
    page.goto(f"{live}/a/jobs/")
    expect(page.get_by_role("link", name="导出对账单")).to_be_visible()
    expect(page.get_by_title("后台任务", exact=True)).to_be_visible()


@pytest.mark.browser
def test_in_a_browser_a_running_job_is_cancelled(page, live, start_worker):
    alice = build.user("alice", build.site(build.company()))
    start_worker()
    job = enqueue("tests.long_statement", actor=alice)
    sign_in(page, live, alice)
    page.goto(f"{live}/a/jobs/{job.pk}")
    expect(page.get_by_text("执行中").first).to_be_visible()
    page.get_by_role("link", name="取消任务").click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("link", name="重试")).to_be_visible()
