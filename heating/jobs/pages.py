"""Import pages: upload, check, commit, undo; one set of three pages for every kind of import (ui.md)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils._os import safe_join
from django.utils.http import content_disposition_header

from heating.jobs.batches import commit_batch, receive, same_file, undo_batch
from heating.jobs.importers import IMPORTERS
from heating.jobs.models import Batch
from heating.jobs.states import LIVE, BatchState
from heating.jobs.views import progress_context
from heating.kit.errors import Refusal
from heating.kit.intake.importing import Destination, Importer
from heating.kit.intake.papers import template_workbook
from heating.kit.pages import ConfirmPage, FormPage, Page
from heating.kit.pages.list import XLSX

CHOICES = (("rows", "只导入正确的行"), ("whole", "全部正确才导入"))
MADE = {
    "communities": "小区",
    "buildings": "楼幢",
    "units": "单元",
    "rooms": "户室",
    "owners": "业主",
    "contracts": "签约",
    "orders": "订单",
    "old_debts": "往年欠费",
    "unbillable": "未开单",
    "requests": "变更申请",
    "users": "用户",
    "overseen": "辖区小区",
    "duplicates": "重复未建",
    "unchanged": "无变化",
}
ACTIONS = {"create": "新建", "update_request": "变更申请", "unchanged": "无变化", "duplicate": "重复"}


class UploadForm(forms.Form):
    """The file of an import."""

    file = forms.FileField(
        label="导入文件",
        help_text=".xlsx 或 .xls，不超过 20 MB、200,000 行；上传后先检查，不会写入任何数据",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls"}),
        allow_empty_file=True,
    )


class ImportFrame(Page):
    """What the import pages share: the kind, and the names of their addresses."""

    kind: ClassVar[str] = ""
    # URL names: "app:thing" for thing-import, thing-batch, thing-template, …
    stem: ClassVar[str] = ""
    model = Batch

    @property
    def importer(self) -> Importer:
        return IMPORTERS[self.kind]

    def address(self, verb: str, *arguments: Any) -> str:
        return reverse(f"{self.stem}-{verb}", args=arguments)

    def batches(self) -> Any:
        """Return the batches of this kind in the user's scope."""
        return Batch.objects.visible_to(self.request.user, self.permission).filter(kind=self.kind)


class ImportUpload(ImportFrame, FormPage):
    """Step one: choose the file. It is kept and checked in the background."""

    template, form_class, submit = "kit/import.html", UploadForm, "上传并检查"

    def get_title(self) -> str:
        return self.importer.title

    def perform(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        file = form.cleaned_data["file"]
        if user.office is None:
            raise Refusal("您的账号没有所属机构，不能导入")
        batch = receive(
            self.kind, file, file.name, actor=user, company_id=user.office.company_id, office_id=user.office_id
        )
        return redirect(self.address("batch", batch.pk))

    def extra(self) -> dict[str, Any]:
        recent = self.batches().select_related("created_by")[:20]
        return {
            "template_url": self.address("template"),
            "recent": [(batch, self.address("batch", batch.pk)) for batch in recent],
        }

    def back_url(self) -> str:
        return "/a/"


class ImportTemplate(ImportFrame):
    """模板下载."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.office is None:
            raise Refusal("您的账号没有所属机构，不能导入")
        to = Destination(user.office.company_id, user.office_id, user, timezone.localdate())
        with TemporaryDirectory() as folder:
            path = Path(folder, "template.xlsx")
            template_workbook(path, self.importer.template(to))
            content = path.read_bytes()
        name = content_disposition_header(True, f"{self.importer.title}模板.xlsx")
        return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": name})


class ImportBatch(ImportFrame):
    """Steps two and three: what the check found, the choice, the progress, the result."""

    template = "kit/batch.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = self.batches().select_related("job", "created_by").get(pk=pk)
        job = batch.job
        live = job is not None and job.state in LIVE
        counts = batch.counts.get("made") or {}
        made = [(key, counts[key]) for key in MADE if key in counts]
        return self.show(
            batch=batch,
            counts=[(word, batch.counts.get(key, 0)) for key, word in COUNTS],
            actions=[(ACTIONS[k], n) for k, n in batch.counts.items() if k in ACTIONS],
            made=[(MADE[key], n) for key, n in made],
            problems=batch.options.get("problems", []),
            ignored=batch.options.get("ignored", []),
            twin=same_file(batch),
            choices=CHOICES,
            can_commit=not live and batch.state == BatchState.CHECKED and bool(self.good(batch)),
            can_undo=not live and batch.state == BatchState.COMMITTED,
            **self.progress(batch),
        )

    def get_title(self) -> str:
        return self.importer.title

    def good(self, batch: Batch) -> int:
        return batch.counts.get("ok", 0) + batch.counts.get("warn", 0)

    def progress(self, batch: Batch) -> dict[str, Any]:
        """Return the live job's bar and the addresses of the buttons."""
        verbs = ("commit", "undo", "errors")
        urls = {f"{verb}_url": self.address(verb, batch.pk) for verb in verbs}
        shown = progress_context(batch.job) if batch.job else {"live": False}
        return urls | {"upload_url": self.address("import")} | shown


COUNTS = (("ok", "正确"), ("warn", "提醒"), ("error", "错误"), ("skipped", "跳过"))


class ImportCommit(ImportFrame):
    """确认导入: the good rows, or all or none."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.batch = self.batches().get(pk=pk)
        whole = request.POST.get("mode") == "whole"
        commit_batch(pk, actor=request.user, permission=self.permission, whole=whole)
        return redirect(self.address("batch", pk))

    def back_url(self) -> str:
        return self.address("batch", self.kwargs["pk"])


class ImportUndo(ImportFrame, ConfirmPage):
    """撤销导入 while nobody has touched what it made."""

    title, danger, submit, success = "撤销导入", True, "撤销导入", "已开始撤销"
    queryset = Batch.objects.all()

    def setup_object(self) -> None:
        self.object = self.batches().get(pk=self.pk)

    def get_question(self) -> str:
        return f"撤销“{self.object.file_name}”的导入？本批次新建的户室、业主、签约和订单都会删除。"

    def perform(self, form: Any) -> None:
        undo_batch(self.object.pk, actor=self.request.user, permission=self.permission)

    def back_url(self) -> str:
        return self.address("batch", self.pk)


class ImportErrors(ImportFrame):
    """The rows that need a hand, with their reasons, to be corrected and uploaded again."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        batch = self.batches().get(pk=pk)
        path = Path(safe_join(settings.MEDIA_ROOT, batch.error_file)) if batch.error_file else None
        if path is None or not path.is_file():
            raise ObjectDoesNotExist
        name = f"{Path(batch.file_name).stem}-错误.xlsx"
        return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=XLSX)
