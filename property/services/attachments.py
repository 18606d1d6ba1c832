"""附件 of change requests: pictures and PDF, looked into before they are kept, given out as downloads only."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils._os import safe_join

from heating.approvals.states import ApprovalState
from heating.audit.services import record
from heating.kit.errors import Refusal
from property.models import Attachment, ChangeRequest

FOLDER = "attachments"
MAX_SIZE, MAX_FILES, MAX_NAME = 10 * 1024 * 1024, 10, 120
CHUNK = 1024 * 1024
SECONDS = 60
ROOT = Path(settings.BASE_DIR)
JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
STARTS = {JPEG: b"\xff\xd8\xff", PNG: b"\x89PNG\r\n\x1a\n", PDF: b"%PDF-"}
ENDINGS = {JPEG: (".jpg", ".jpeg"), PNG: (".png",), PDF: (".pdf",)}
# What no file system and no dialog of a browser should have to show.
ODD = re.compile(r'[<>:"|?*]')


@dataclass(frozen=True)
class Kept:
    """A file that lies under MEDIA_ROOT and has no row yet."""

    name: str
    file: str
    kind: str
    size: int
    sha256: str

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.file


@contextmanager
def keeping(files: Iterable[Any]) -> Iterator[list[Kept]]:
    """Check uploads and write them under MEDIA_ROOT, before any lock is taken; they go again when the work fails.

    `Refusal` for more than 10 files, one above 10 MB, and what is neither a picture nor a PDF to its end.
    """
    files, written = list(files), []
    if len(files) > MAX_FILES:
        raise Refusal(f"一次最多上传 {MAX_FILES} 个附件", field="files")
    try:
        for file in files:
            written.append(_write(file))
        _look_into(written)
        yield written
    except BaseException:
        for kept in written:
            kept.path.unlink(missing_ok=True)
        raise


def _write(file: Any) -> Kept:
    """Write one upload under a name of our own, whatever the sender called it."""
    relative = Path(FOLDER, uuid4().hex)
    path = Path(settings.MEDIA_ROOT) / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size, start, end = sha256(), 0, b"", b""
    try:
        with path.open("xb") as kept:
            for chunk in file.chunks(CHUNK):
                size += len(chunk)
                if size > MAX_SIZE:
                    raise Refusal(f"附件“{clean_name(file.name, '')}”超过 10 MB", field="files")
                start, end = (start + chunk)[:1024], (end + chunk)[-1024:]
                digest.update(chunk)
                kept.write(chunk)
            kept.flush()
            os.fsync(kept.fileno())
        kind = next((kind for kind, magic in STARTS.items() if start.startswith(magic)), "")
        if not kind or (kind == PDF and b"%%EOF" not in end):
            raise Refusal(f"附件“{clean_name(file.name, '')}”不是完整的 jpg、png 图片或 PDF", field="files")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Kept(clean_name(file.name, kind), str(relative), kind, size, digest.hexdigest())


def clean_name(name: str, kind: str) -> str:
    """Return a file name without path, control and direction characters, that ends as its content says."""
    base = unicodedata.normalize("NFC", str(name)).replace("\\", "/").rpartition("/")[2]
    base = "".join(c for c in base if not unicodedata.category(c).startswith(("C", "Zl", "Zp")))
    base = ODD.sub("_", base).strip(" .") or "附件"
    endings = ENDINGS.get(kind, ("",))
    stem, dot, ending = base.rpartition(".")
    if dot and f".{ending.lower()}" in endings:
        return stem[: MAX_NAME - len(ending) - 1] + "." + ending.lower()
    return base[: MAX_NAME - len(endings[0])] + endings[0]


def _look_into(written: list[Kept]) -> None:
    """Decode the pictures in a process of their own: what a hostile file does, it does to that."""
    pictures = [kept for kept in written if kept.kind != PDF]
    if not pictures:
        return
    command = [sys.executable, "-m", "property.services.pictures", *(str(kept.path) for kept in pictures)]
    try:
        done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=SECONDS, env={})
        words = done.stdout.decode().split()
    except subprocess.TimeoutExpired:
        words = []
    words += ["broken"] * (len(pictures) - len(words))
    for kept, word in zip(pictures, words, strict=False):
        if word == "large":
            raise Refusal(f"图片“{kept.name}”的像素过多，请缩小后再上传", field="files")
        if word != "ok":
            raise Refusal(f"图片“{kept.name}”已损坏，无法打开", field="files")


def attach(request: ChangeRequest, files: list[Kept], *, actor: Any) -> None:
    """Put kept files to a request whose row is locked or new, in the caller's transaction; `Refusal` above ten."""
    if request.attachments.count() + len(files) > MAX_FILES:
        raise Refusal(f"每份申请最多 {MAX_FILES} 个附件", field="files")
    for kept in files:
        made = Attachment.objects.create(
            request=request,
            name=kept.name,
            file=kept.file,
            kind=kept.kind,
            size=kept.size,
            sha256=kept.sha256,
            added_by=actor,
        )
        record(actor, "attachment.add", made, after={"request": request.number, "sha256": kept.sha256})


def add_attachments(pk: int, files: Iterable[Any], *, actor: Any) -> ChangeRequest:
    """Add files to a request while it waits; who is not its submitter becomes its editor and cannot approve it."""
    with keeping(files) as kept, transaction.atomic():
        found = ChangeRequest.objects.get(pk=pk)
        request = ChangeRequest.objects.visible_to(actor, found.ask_permission).locked(pk)
        if request.state != ApprovalState.PENDING:
            raise Refusal(f"申请{request.get_state_display()}，不能再添加附件", field="files")
        if not kept:
            raise Refusal("请选择附件", field="files")
        attach(request, kept, actor=actor)
        request.mark_edited(actor)
        request.save(update_fields=["edited_by"])
    return request


@transaction.atomic
def remove_attachment(pk: int, *, actor: Any) -> ChangeRequest:
    """Take back a file that the maker put to their own request, while it waits; the audit keeps what it was.

    Only what the actor added: a file of another is also the sign that this other may not approve.
    """
    found = Attachment.objects.visible_to(actor, "property.view_changerequest").select_related("request").get(pk=pk)
    request = ChangeRequest.objects.visible_to(actor, found.request.ask_permission).locked(found.request_id)
    if request.state != ApprovalState.PENDING:
        raise Refusal(f"申请{request.get_state_display()}，不能再移除附件")
    if not removable(found, request, actor):
        raise Refusal("只能移除自己为自己的申请上传的附件")
    found = request.attachments.get(pk=pk)
    was = {"name": found.name, "sha256": found.sha256, "size": found.size}
    record(actor, "attachment.remove", request, before=was, note=found.name)
    path = Path(safe_join(settings.MEDIA_ROOT, found.file))
    found.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return request


def removable(attachment: Attachment, request: ChangeRequest, actor: Any) -> bool:
    """Say whether the actor made the request and added this file to it."""
    return bool(actor.pk == request.submitted_by_id == attachment.added_by_id)


@transaction.atomic
def open_attachment(pk: int, *, actor: Any, address: str = "") -> tuple[Attachment, Path]:
    """Return an attachment in the actor's scope and where it lies, and leave one audit line."""
    found = Attachment.objects.visible_to(actor, "property.view_changerequest").select_related("request").get(pk=pk)
    path = Path(safe_join(settings.MEDIA_ROOT, found.file))
    if not path.is_file():
        raise Refusal("附件文件已丢失，请联系系统管理员从备份恢复")
    record(actor, "attachment.download", found, note=found.request.number, address=address)
    return found, path


def sweep_attachments(now: datetime) -> int:
    """Delete files without a row that are older than a day, which a killed process left; return how many."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    old = (now - timedelta(days=1)).timestamp()
    left = {str(Path(FOLDER, p.name)): p for p in folder.glob("*") if p.stat().st_mtime < old}
    known = set(Attachment.objects.filter(file__in=left).values_list("file", flat=True))
    for file, path in left.items():
        if file not in known:
            path.unlink(missing_ok=True)
    return len(left) - len(known)
