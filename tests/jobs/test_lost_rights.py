"""Whoever loses the permission, the account or the office after a job was enqueued gets nothing done by it any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from accounts.models import DataScope, User
from heating.approvals.services.decisions import KINDS as APPROVALS
from heating.audit.models import Record
from heating.audit.services import record
from heating.imports.importer import IMPORTERS
from heating.imports.models import Batch
from heating.jobs.context import JobContext
from heating.jobs.kinds import KINDS, Kind
from heating.jobs.models import Job
from heating.jobs.queue import claim
from heating.jobs.services import enqueue
from heating.jobs.states import JobState
from heating.jobs.worker import perform
from org.models import Office
from tests import build

pytestmark = pytest.mark.django_db(transaction=True)


class Link:
    """The worker's second connection, without one."""

    errors = (OSError,)

    def lock(self, pk: int) -> bool:
        return True

    def progress(self, pk: int, **_said: Any) -> bool:
        return False

    def cancel_requested(self, pk: int) -> bool:
        return False


def ours() -> dict[str, Kind]:
    """Return the kinds that people enqueue; the scheduled ones run for the system."""
    return {
        name: kind
        for name, kind in KINDS.items()
        if not name.startswith("tests.") and kind.every is None and kind.daily_at is None
    }


NAMES = sorted(ours())


def lose_permission(user: User, elsewhere: Office) -> None:
    user.groups.clear()


def be_disabled(user: User, elsewhere: Office) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def be_moved(user: User, elsewhere: Office) -> None:
    User.objects.filter(pk=user.pk).update(office=elsewhere)


LOSSES = (lose_permission, be_disabled, be_moved)


@pytest.fixture
def elsewhere(transactional_db: None) -> Office:
    return build.site(build.company("外公司"), "外站")


def enqueued(name: str, kind_of_import: str = "owners") -> tuple[Job, User]:
    """Enqueue a job of a kind for alice, who may have it done."""
    site = build.site(build.company())
    permissions = {importer.permission for importer in IMPORTERS.values()}
    permissions |= {p for kind in ours().values() if isinstance(p := kind.permission, str) and p}
    permissions |= {kind.model.approve_permission for kind in APPROVALS.values()}
    role = build.role(site.company, *permissions, scope=DataScope.OFFICE)
    alice = build.user("alice", site, role)
    batch = Batch.objects.create(
        kind=kind_of_import,
        company_id=site.company_id,
        office_id=site.pk,
        file_name="x",
        file_hash="x",
        created_by=alice,
    )
    args: dict[str, Any] = {"batch": batch.pk}
    if name.startswith("approvals."):
        args = {"model": "property.changerequest"} | ({"ids": []} if name == "approvals.preview" else {"preview": 0})
    return enqueue(name, args, actor=alice, office_id=site.pk), alice


def run(job: Job, monkeypatch: pytest.MonkeyPatch, during: Callable[[], None] = lambda: None) -> Job:
    """Have the job done by a work that writes one row and its step; `during` comes between the start and the commit."""

    def work(context: JobContext, **_args: Any) -> None:
        during()
        context.progress(1, 1)
        record(context.actor, "tests.written")

    monkeypatch.setitem(KINDS, job.kind, replace(KINDS[job.kind], work=work, on_failure=None))
    link: Any = Link()
    claimed = claim(link, [job.kind])
    assert claimed is not None
    perform(claimed, link, Event())
    job.refresh_from_db()
    return job


def test_every_kind_for_people_declares_its_permission() -> None:
    assert [name for name, kind in ours().items() if not kind.permission] == []


@pytest.mark.parametrize("name", NAMES)
def test_with_all_rights_it_is_done(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    job, _alice = enqueued(name)
    assert run(job, monkeypatch).state == JobState.DONE
    assert Record.objects.filter(event="tests.written").count() == 1


@pytest.mark.parametrize("lose", LOSSES)
@pytest.mark.parametrize("name", NAMES)
def test_what_was_lost_before_the_start_counts(
    name: str, lose: Any, elsewhere: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, alice = enqueued(name)
    lose(alice, elsewhere)
    run(job, monkeypatch)
    if lose is be_moved and not KINDS[name].reach:
        return  # such work looks each row up in the scope of the moment
    assert job.state == JobState.FAILED and "发起人" in job.error
    assert not Record.objects.filter(event="tests.written").exists()


@pytest.mark.parametrize("lose", LOSSES)
@pytest.mark.parametrize("name", NAMES)
def test_what_was_lost_before_the_commit_counts(
    name: str, lose: Any, elsewhere: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, alice = enqueued(name)
    run(job, monkeypatch, lambda: lose(alice, elsewhere))
    assert job.state == JobState.FAILED and "发起人" in job.error
    assert not Record.objects.filter(event="tests.written").exists()


@pytest.mark.parametrize("kind", sorted(IMPORTERS))
def test_every_kind_of_import_asks_for_its_own_permission(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    job, alice = enqueued("import.commit", kind)
    others = [importer.permission for importer in IMPORTERS.values() if importer.kind != kind]
    alice.groups.set([build.role(alice.office.company, *others, scope=DataScope.OFFICE)])
    assert run(job, monkeypatch).state == JobState.FAILED


def test_a_worker_that_does_not_ask_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    job, alice = enqueued("import.commit")
    monkeypatch.setattr(JobContext, "start", lambda self: None)
    monkeypatch.setattr(JobContext, "ask_again", lambda self: None)
    alice.groups.clear()
    assert run(job, monkeypatch).state == JobState.DONE
