"""The writers of import batches: a file comes in, is checked, is imported, and may be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from heating.audit.services import record
from heating.imports.error_workbook import write_errors
from heating.imports.importer import IMPORTERS, Destination
from heating.imports.models import Batch
from heating.imports.result import ERROR, OK, SKIPPED, WARN, Result
from heating.imports.states import BatchState, batch_flow
from heating.imports.workbook import WorkbookRefusal
from heating.imports.workbook.refusals import MAX_UPLOAD, SENTENCES
from heating.jobs.models import Job
from heating.jobs.services import enqueue
from heating.kit.errors import Refusal

FOLDER = "batches"
CHUNK = 1024 * 1024
PROBLEMS = 50  # shown on the page; all are in the error workbook


@transaction.atomic
def receive(kind: str, file: BinaryIO, name: str, *, actor: Any, company_id: int, office_id: int) -> Batch:
    """Keep an uploaded file and have it checked; `Refusal` when it is larger than 20 MB."""
    batch = _keep(kind, file, name, actor=actor, company_id=company_id, office_id=office_id)
    _enqueue(batch, "check", actor=actor)
    return batch


@transaction.atomic
def import_now(kind: str, path: Path, to: Destination, *, whole: bool = False) -> Batch:
    """Import a file at once, in this process: all in one transaction, for the shell."""
    with path.open("rb") as file:
        batch = _keep(kind, file, path.name, actor=to.actor, company_id=to.company_id, office_id=to.office_id)
    batch.state, batch.options = BatchState.COMMITTING, {"whole": whole}
    batch.save(update_fields=["state", "options"])
    record(to.actor, "batch.commit", batch, before=BatchState.UPLOADED, after=batch.state)
    commit_now(batch.pk, actor=to.actor)
    batch.refresh_from_db()
    return batch


def _keep(kind: str, file: BinaryIO, name: str, *, actor: Any, company_id: int, office_id: int) -> Batch:
    """Write the file under a name of our own, whatever the sender called it, and its batch row."""
    relative = Path(FOLDER, f"{uuid4().hex}.upload")
    path = Path(settings.MEDIA_ROOT) / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = sha256(), 0
    with path.open("wb") as kept:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > MAX_UPLOAD:
                path.unlink()
                raise Refusal(SENTENCES["file_too_large"], field="file")
            digest.update(chunk)
            kept.write(chunk)
    batch = Batch.objects.create(
        kind=kind,
        company_id=company_id,
        office_id=office_id,
        file_name="".join(c for c in name if c.isprintable())[-200:] or "无名文件",
        file_hash=digest.hexdigest(),
        file=str(relative),
        created_by=actor,
    )
    record(actor, "batch.upload", batch, after={"kind": kind, "sha256": batch.file_hash, "size": size})
    return batch


@transaction.atomic
def commit_batch(pk: int, *, actor: Any, permission: str, whole: bool = False) -> Batch:
    """Have a checked file imported: its good rows, or with `whole` all rows or none."""
    batch = Batch.objects.visible_to(actor, permission).locked(pk)
    before, batch.state = batch.state, batch_flow.next("commit", batch.state)
    batch.options["whole"] = whole
    batch.save(update_fields=["state", "options"])
    _enqueue(batch, "commit", actor=actor)
    record(actor, "batch.commit", batch, before=before, after=batch.state, note="全部成功才导入" if whole else "")
    return batch


@transaction.atomic
def undo_batch(pk: int, *, actor: Any, permission: str) -> Batch:
    """Have an imported batch taken back; the work refuses when somebody has touched what it made."""
    batch = Batch.objects.visible_to(actor, permission).locked(pk)
    batch_flow.next("undo", batch.state)
    _enqueue(batch, "undo", actor=actor)
    record(actor, "batch.undo", batch, before=batch.state)
    return batch


def _enqueue(batch: Batch, action: str, *, actor: Any) -> Job:
    words = {"check": "校验", "commit": "导入", "undo": "撤销导入"}
    title = f"{words[action]} {batch.file_name}"[:120]
    batch.job = enqueue(f"import.{action}", {"batch": batch.pk}, actor=actor, office_id=batch.office_id, title=title)
    batch.save(update_fields=["job"])
    return batch.job


def same_file(batch: Batch) -> Batch | None:
    """Return the batch by which the very same file was imported before, if it still stands."""
    twins = Batch.objects.filter(company_id=batch.company_id, kind=batch.kind, file_hash=batch.file_hash)
    first = twins.filter(state=BatchState.COMMITTED, counts__same_as__isnull=True).exclude(pk=batch.pk)
    return first.order_by("-pk").first()


def destination_of(batch: Batch, actor: Any) -> Destination:
    return Destination(batch.company_id, batch.office_id, actor, timezone.localdate())


def path_of(batch: Batch) -> Path:
    return Path(settings.MEDIA_ROOT) / batch.file


def check_now(pk: int, *, actor: Any) -> dict[str, Any]:
    """Check a batch's file and keep what was found, in the caller's transaction."""
    batch = Batch.objects.select_for_update().get(pk=pk)
    importer = IMPORTERS[batch.kind]
    try:
        result = importer.check(path_of(batch), destination_of(batch, actor))
    except WorkbookRefusal as refusal:
        batch.state = batch_flow.next("fail", batch.state)
        batch.counts = {"refused": refusal.code, "sentence": refusal.sentence}
    else:
        batch.state = batch_flow.next("check", batch.state)
        batch.counts = result.counts()
        batch.options["ignored"] = result.sheet.table.ignored
        batch.options["problems"] = list(islice(_problems(result), PROBLEMS))
        batch.error_file = _errors(batch, result)
    batch.save(update_fields=["state", "counts", "options", "error_file"])
    return dict(batch.counts)


def _problems(result: Result) -> Iterator[str]:
    for row in sorted({*result.errors, *result.warnings}):
        if result.sheet.is_data(row):
            for issue in result.issues(row):
                yield ("提醒 " if issue.level != ERROR else "错误 ") + issue.sentence


def _errors(batch: Batch, result: Result) -> str:
    if not result.errors and not result.warnings:
        return ""
    relative = Path(FOLDER, f"{Path(batch.file).stem}-errors.xlsx")
    write_errors(path_of(batch), Path(settings.MEDIA_ROOT) / relative, result)
    return str(relative)


def commit_now(pk: int, *, actor: Any) -> dict[str, Any]:
    """Check a batch's file once more, as things are now, and load its rows, in the caller's transaction.

    One import of a company at a time. The same file without errors, imported before and still standing, is recognised
    by its hash and writes nothing. `Refusal` when `whole` was wanted and a row is wrong, `WorkbookRefusal` when the
    file cannot be read.
    """
    batch = Batch.objects.select_for_update().get(pk=pk)
    importer = IMPORTERS[batch.kind]
    _one_at_a_time(batch)
    to = destination_of(batch, actor)
    twin = same_file(batch)
    if twin is not None and not twin.counts[ERROR] and importer.stands(twin):
        return _finish(batch, _recognised(twin), {})
    result = importer.check(path_of(batch), to)
    batch.counts = result.counts()
    if batch.options.get("whole") and batch.counts["error"]:
        raise Refusal(f"有 {batch.counts['error']} 行错误，按“全部成功才导入”的选择，未导入任何数据")
    return _finish(batch, batch.counts, importer.load(result, to, batch))


def _recognised(twin: Batch) -> dict[str, Any]:
    """Return the counts of a file whose every good row is there already."""
    outcomes = {word: twin.counts[word] for word in (OK, WARN, ERROR, SKIPPED)}
    return outcomes | {"unchanged": twin.counts[OK] + twin.counts[WARN], "same_as": twin.pk}


def _finish(batch: Batch, counts: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    batch.counts = counts | {"made": made}
    batch.state = batch_flow.next("finish", batch.state)
    batch.committed_at = timezone.now()
    batch.save(update_fields=["state", "counts", "committed_at"])
    return made


def undo_now(pk: int, *, actor: Any) -> dict[str, Any]:
    """Take a batch back, in the caller's transaction."""
    batch = Batch.objects.select_for_update().get(pk=pk)
    _one_at_a_time(batch)
    batch.state = batch_flow.next("undo", batch.state)
    gone = IMPORTERS[batch.kind].undo(batch, destination_of(batch, actor))
    batch.undone_at = timezone.now()
    batch.counts["undone"] = gone
    batch.save(update_fields=["state", "counts", "undone_at"])
    return gone


def fail_batch(job: Job) -> None:
    """Set the batch of a failed or cancelled check or import to failed, in the transaction that records it."""
    batch = Batch.objects.select_for_update().filter(pk=job.args["batch"]).first()
    if batch is not None and batch_flow.allows("fail", batch.state):
        batch.state = batch_flow.next("fail", batch.state)
        batch.save(update_fields=["state"])


def _one_at_a_time(batch: Batch) -> None:
    with connection.cursor() as cursor:
        # An import may take longer than any other lock is waited for.
        cursor.execute("SET LOCAL lock_timeout = '10min'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('import'), %s)", [batch.company_id % 2**31])
        cursor.execute("SET LOCAL lock_timeout = '60s'")
