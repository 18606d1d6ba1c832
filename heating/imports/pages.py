"""Import pages: upload, check, commit, undo; one set of pages for every kind of import."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils._os import safe_join
from django.utils.http import content_disposition_header

from heating.imports.importer import IMPORTERS, Destination, Importer, made_labels
from heating.imports.models import Batch
from heating.imports.services import commit_batch, receive, same_file, undo_batch
from heating.imports.states import BatchState
from heating.imports.template_workbook import template_workbook
from heating.jobs.states import LIVE
from heating.jobs.views import progress_context
from heating.kit.errors import Refusal
from heating.kit.pages import ConfirmPage, FormPage, Page, StaffRequest
from heating.kit.pages.download import XLSX

CHOICES = (("rows", "只导入正确的行"), ("whole", "全部正确才导入"))


class UploadForm(forms.Form):
    """The file of an import."""

    file = forms.FileField(
        label="导入文件",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls"}),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, hint: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].help_text = hint


class ImportPages(Page):
    """The pages of one kind of import: an app subclasses this beside the noun and gives it to `import_urls`.

    `stem` is "app:thing" of the URL names thing-import, thing-batch, thing-template, thing-commit, …
    """

    kind: ClassVar[str] = ""
    stem: ClassVar[str] = ""
    # Shown for a batch; one with words of its own extends imports/batch.html.
    batch_template: ClassVar[str] = "imports/batch.html"
    model = Batch

    @property
    def importer(self) -> Importer:
        return IMPORTERS[self.kind]

    def address(self, action: str, *arguments: Any) -> str:
        return reverse(f"{self.stem}-{action}", args=arguments)

    def batches(self) -> Any:
        """Return the batches of this kind in the user's scope."""
        return Batch.objects.visible_to(self.request.user, self.permission).filter(kind=self.kind)


class ImportUpload(ImportPages, FormPage):
    """Step one: choose the file. It is kept and checked in the background."""

    template, form_class, submit = "imports/upload.html", UploadForm, "上传并检查"

    def get_title(self) -> str:
        return self.importer.title

    def form_options(self) -> dict[str, Any]:
        return {"hint": self.importer.hint}

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


class ImportTemplate(ImportPages):
    """模板下载."""

    def get(self, request: StaffRequest) -> HttpResponse:
        user: Any = request.user
        if user.office is None:
            raise Refusal("您的账号没有所属机构，不能导入")
        to = Destination(user.office.company_id, user.office_id, user, timezone.localdate())
        with TemporaryDirectory() as folder:
            file = Path(folder, "template.xlsx")
            template_workbook(file, self.importer.template(to))
            content = file.read_bytes()
        name = content_disposition_header(True, f"{self.importer.title}模板.xlsx")
        return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": name})


class ImportBatch(ImportPages):
    """Steps two and three: what the check found, the choice, the progress, the result."""

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        batch = self.batches().select_related("job", "created_by").get(pk=pk)
        job = batch.job
        live = job is not None and job.state in LIVE
        counts = batch.counts.get("made") or {}
        labels = made_labels(self.importer)
        return self.show(
            self.batch_template,
            batch=batch,
            counts=[(word, batch.counts.get(key, 0)) for key, word in COUNTS],
            actions=[(label, batch.counts[key]) for key, label in self.importer.actions.items() if key in batch.counts],
            made=[(label, counts[key]) for key, label in labels.items() if key in counts],
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
        actions = ("commit", "undo", "errors")
        urls = {f"{action}_url": self.address(action, batch.pk) for action in actions}
        shown = progress_context(batch.job) if batch.job else {"live": False}
        return urls | {"upload_url": self.address("import")} | shown


COUNTS = (("ok", "正确"), ("warn", "提醒"), ("error", "错误"), ("skipped", "跳过"))


class ImportCommit(ImportPages):
    """确认导入: the good rows, or all or none."""

    def post(self, request: StaffRequest, pk: int) -> HttpResponse:
        self.batch = self.batches().get(pk=pk)
        whole = request.POST.get("mode") == "whole"
        commit_batch(pk, actor=request.user, permission=self.permission, whole=whole)
        return redirect(self.address("batch", pk))

    def back_url(self) -> str:
        return self.address("batch", self.kwargs["pk"])


class ImportUndo(ImportPages, ConfirmPage):
    """撤销导入 while nobody has touched what it made."""

    title, danger, submit, success = "撤销导入", True, "撤销导入", "已开始撤销"
    queryset = Batch.objects.all()

    def setup_object(self) -> None:
        self.object = self.batches().get(pk=self.pk)

    def get_question(self) -> str:
        return f"撤销“{self.object.file_name}”的导入？{self.importer.undo_warning}"

    def perform(self, form: Any) -> None:
        undo_batch(self.object.pk, actor=self.request.user, permission=self.permission)

    def back_url(self) -> str:
        return self.address("batch", self.pk)


class ImportErrors(ImportPages):
    """The rows that need a hand, with their reasons, to be corrected and uploaded again."""

    def get(self, request: StaffRequest, pk: int) -> FileResponse:
        batch = self.batches().get(pk=pk)
        file = Path(safe_join(settings.MEDIA_ROOT, batch.error_file)) if batch.error_file else None
        if file is None or not file.is_file():
            raise ObjectDoesNotExist
        name = f"{Path(batch.file_name).stem}-错误.xlsx"
        return FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


def import_urls(route: str, pages: type[ImportPages]) -> list[URLPattern]:
    """Return the addresses of one kind's pages below `route`."""
    name = pages.stem.partition(":")[2]

    def view(page: type[ImportPages]) -> Any:
        made: Any = type(pages.__name__ + page.__name__.removeprefix("Import"), (pages, page), {})
        return made.as_view()

    return [
        path(route, view(ImportUpload), name=f"{name}-import"),
        path(f"{route}template", view(ImportTemplate), name=f"{name}-template"),
        path(f"{route}<int:pk>/", view(ImportBatch), name=f"{name}-batch"),
        path(f"{route}<int:pk>/commit", view(ImportCommit), name=f"{name}-commit"),
        path(f"{route}<int:pk>/undo/", view(ImportUndo), name=f"{name}-undo"),
        path(f"{route}<int:pk>/errors", view(ImportErrors), name=f"{name}-errors"),
    ]
