"""Import and export of master data in the back office, by django-import-export with the same checks as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from import_export.admin import ExportMixin, ImportMixin
from import_export.forms import ConfirmImportForm, ImportForm

from heating.imports.workbook import WorkbookRefusal
from heating.kit.backoffice.resource import ServiceResource
from heating.kit.backoffice.workbook import NAME, Shelf, Workbook
from heating.kit.errors import Refusal

SHOWN = 5


class UploadForm(ImportForm):
    """The file, within the limit of all uploads."""

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(f"文件超过 {settings.UPLOAD_LIMIT // 1024 // 1024} MB，请拆分后上传")
        return file


class ConfirmForm(ConfirmImportForm):
    """What the check hands on to the import; anything else was not made by our page."""

    import_file_name = forms.RegexField(rf"^{NAME.pattern}\Z", widget=forms.HiddenInput)
    format = forms.RegexField(r"^0\Z", widget=forms.HiddenInput)
    resource = forms.RegexField(r"^0\Z", required=False, widget=forms.HiddenInput)


class Exporting(ExportMixin):
    """导出 of exactly the filtered rows that the person sees."""

    skip_export_form = True
    export_formats: ClassVar[list[type[Workbook]]] = [Workbook]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def export_action(self, request: HttpRequest) -> HttpResponse:
        try:
            return super().export_action(request)
        except IncorrectLookupParameters:
            return redirect(self.address("changelist"))

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        return f"{self.model._meta.verbose_name}-{timezone.localtime():%Y%m%d-%H%M}.xlsx"

    def _do_file_export(self, file_format: Any, request: HttpRequest, queryset: Any, export_form: Any = None) -> Any:
        response = super()._do_file_export(file_format, request, queryset, export_form)
        name = self.get_export_filename(request, queryset, file_format)
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response

    def address(self, page: str) -> str:
        """Return the address of a page of this table."""
        return reverse(f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_{page}")


class Importing(ImportMixin, Exporting):
    """导入: checked in a transaction that is taken back, shown, confirmed, then done whole or not at all."""

    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    import_template_name = "admin/backoffice/import.html"
    import_form_class, confirm_form_class = UploadForm, ConfirmForm
    tmp_storage_class, skip_admin_log = Shelf, True
    resource_classes: ClassVar[list[type[ServiceResource]]]
    import_formats: ClassVar[list[type[Workbook]]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        resource = cls.resource_classes[0]
        fields: Any = resource.fields
        columns = tuple(field.column_name for field in fields.values())
        required = tuple(fields[name].column_name for name in resource._meta.import_id_fields)
        cls.import_formats = [type("Sheet", (Workbook,), {"columns": columns, "required": required})]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def get_import_data_kwargs(self, **options: Any) -> dict[str, Any]:
        return super().get_import_data_kwargs(**options) | {"rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        if not isinstance(e, Refusal | WorkbookRefusal):
            raise e
        form.add_error("import_file", e.sentence)

    def process_import(self, request: HttpRequest, **options: Any) -> HttpResponse:
        try:
            return super().process_import(request, **options)
        except FileNotFoundError:
            messages.error(request, "上传的文件已过期，请重新上传")
        except (Refusal, WorkbookRefusal) as refusal:
            messages.error(request, refusal.sentence)
        return redirect(self.address("import"))

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Say what was refused between check and confirmation; the library would report success."""
        if not result.has_errors():
            return super().process_result(result, request)
        sentences = [error.error for error in result.base_errors]
        sentences += [error.error for _line, errors in result.row_errors() for error in errors]
        for sentence in sentences[:SHOWN]:
            messages.error(request, sentence)
        messages.error(request, "没有导入任何数据")
        return redirect(self.address("import"))
