"""The long work of an import: check, commit, undo."""

from typing import Any

from heating.imports.importer import IMPORTERS, made_labels
from heating.imports.models import Batch
from heating.imports.services import check_now, commit_now, fail_batch, undo_now
from heating.jobs.context import JobContext
from heating.jobs.kinds import job_kind


def permission_of(batch: int) -> str:
    """Return the permission of the kind of import that a batch is."""
    return IMPORTERS[Batch.objects.values_list("kind", flat=True).get(pk=batch)].permission


def outcomes() -> dict[str, str]:
    """Return the labels of what a check counts."""
    return {
        "ok": "正确",
        "warn": "提醒",
        "error": "错误",
        "skipped": "跳过",
        "sentence": "文件未能读取",
        **made_labels(),
    }


def in_reach(actor: Any, batch: int) -> bool:
    """Say whether a batch still goes where the person may import: into their own office, or one in their scope."""
    office_id = Batch.objects.values_list("office_id", flat=True).get(pk=batch)
    scope = actor.scope(permission_of(batch))
    return scope.everything or office_id in scope.offices or office_id == actor.office_id


@job_kind(
    "import.check",
    title="校验导入文件",
    on_failure=fail_batch,
    permission=permission_of,
    reach=in_reach,
    results=outcomes,
)
def check(context: JobContext, batch: int) -> dict[str, Any]:
    """Check an uploaded file; nothing of it is written but what was found."""
    context.progress(0, step="读取并校验")
    return check_now(batch, actor=context.actor)


@job_kind(
    "import.commit", title="导入", on_failure=fail_batch, permission=permission_of, reach=in_reach, results=made_labels
)
def commit(context: JobContext, batch: int) -> dict[str, Any]:
    """Import a checked file in one transaction: a killed worker leaves nothing of it."""
    context.progress(0, step="读取并导入")
    return commit_now(batch, actor=context.actor)


@job_kind("import.undo", title="撤销导入", permission=permission_of, reach=in_reach, results=made_labels)
def undo(context: JobContext, batch: int) -> dict[str, Any]:
    """Take an untouched import back in one transaction."""
    context.progress(0, step="撤销")
    return undo_now(batch, actor=context.actor)
