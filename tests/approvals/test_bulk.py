"""批量审批: the sum is seen, the unchanged are approved, the others are named."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from heating.approvals.services import batches
from heating.imports.models import Batch
from heating.jobs.models import Job
from heating.jobs.worker import Worker
from heating.jobs.worker_connection import WorkerConnection
from property.models import ChangeRequest, Room
from tests import build
from tests.billing.asking import APPROVE, ASK, NOW, ON, Town, assert_sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return Town()


def asked(town: Town, count: int, batch: int | None = None) -> list[ChangeRequest]:
    requests = [town.ask(town.room(), "area", {"floor_area": "92.10"}) for _ in range(count)]
    ChangeRequest.objects.update(batch_id=batch)
    return requests


def test_the_sum_is_seen_and_what_changed_meanwhile_is_left(town: Town, client: Client) -> None:
    first, second, mine = asked(town, 3)
    ChangeRequest.objects.filter(pk=mine.pk).update(submitted_by=town.bob)
    client.force_login(town.bob)
    listed = client.get("/a/property/changes/rooms/").content.decode()
    assert "批量审批" in listed
    page = client.post("/a/property/changes/bulk/", {"ids": [first.pk, second.pk, mine.pk, 999, "x"]})
    preview = page.context["preview"]
    assert page.context["count"] == 2 and "自己提交" in page.content.decode()
    assert (preview["orders"], preview["principal_before"], preview["principal_after"]) == ("2", "4298.40", "4420.80")
    town.pay(second.room, "100.00")
    done = client.post("/a/property/changes/bulk/approve/", {"seen": page.context["seen"], "note": "批"})
    body = done.content.decode()
    assert "已通过 1 份" in body and "已变化" in body
    states = dict(ChangeRequest.objects.values_list("pk", "state"))
    assert states == {first.pk: "approved", second.pk: "pending", mine.pk: "pending"}
    first.refresh_from_db()
    assert (first.decided_by, first.decision_note) == (town.bob, "批")
    assert_sound()


def test_a_page_of_somebody_else_or_of_nobody_approves_nothing(town: Town, client: Client) -> None:
    (request,) = asked(town, 1)
    client.force_login(town.bob)
    seen = client.post("/a/property/changes/bulk/", {"ids": [request.pk]}).context["seen"]
    client.force_login(town.dora)
    for forged in (seen, seen[:-1] + "x", "", "x"):
        answer = client.post("/a/property/changes/bulk/approve/", {"seen": forged}, follow=True)
        assert "已过期" in answer.content.decode()
    assert ChangeRequest.objects.get().state == "pending"


def test_outside_the_scope_there_is_nothing_to_approve(town: Town, client: Client) -> None:
    (request,) = asked(town, 1, batch=5)
    west = build.site(build.company("别家热力"))
    client.force_login(build.user("eve", west, build.role(west.company, *ASK, APPROVE)))
    assert "请先勾选" in client.post("/a/property/changes/bulk/", {"ids": [request.pk]}, follow=True).content.decode()
    assert "请先勾选" in client.get("/a/property/changes/bulk/?batch=5", follow=True).content.decode()


def test_more_than_fifty_are_two_jobs_of_ones_own(town: Town, client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    batch = Batch.objects.create(kind="rooms", company_id=town.company.pk, office_id=town.site.pk, file_name="a.xlsx",
                                 file_hash="", file="", created_by=town.alice)  # fmt: skip
    asked(town, 3, batch=batch.pk)
    client.force_login(town.bob)
    assert "a.xlsx" in client.get("/a/property/changes/bulk/").content.decode()
    looked = client.get(f"/a/property/changes/bulk/?batch={batch.pk}")
    preview = Job.objects.get(kind="approvals.preview")
    assert looked["Location"] == f"/a/property/changes/bulk/{preview.pk}/"
    assert client.get(looked["Location"]).status_code == 200
    work(preview)
    page = client.get(looked["Location"])
    assert page.context["count"] == 3 and "6447.60" in page.content.decode()
    client.force_login(town.dora)
    assert client.get(looked["Location"]).status_code == 404
    assert client.post("/a/property/changes/bulk/approve/", {"job": preview.pk}).status_code == 404
    client.force_login(town.bob)
    for _ in range(2):
        answer = client.post("/a/property/changes/bulk/approve/", {"job": preview.pk, "note": ""})
    job = Job.objects.get(kind="approvals.approve")
    work(job)
    assert "已通过 3 份" in client.get(answer["Location"]).content.decode()
    assert {str(r.floor_area) for r in Room.objects.all()} == {"92.10"}
    assert_sound()


def work(job: Job) -> None:
    """Do one job as a worker does."""
    worker = Worker([job.kind], ticks=False)
    worker.link = WorkerConnection()
    try:
        assert worker.step()
    finally:
        worker.link.close()
    job.refresh_from_db()
    assert job.state == "done", job.error + job.traceback


def test_a_job_begun_again_counts_what_it_had_done(town: Town) -> None:
    requests = asked(town, 2)
    preview = batches.preview(ChangeRequest, [r.pk for r in requests], actor=town.bob, on=ON)
    for _ in range(2):
        assert batches.approve_many(ChangeRequest, preview["ready"], actor=town.bob, on=ON, now=NOW) == {
            "approved": 2,
            "left": [],
        }
