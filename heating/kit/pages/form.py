"""Form pages and confirmations: a form checks the input, a service does the work."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import Field, FileField, Form, ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from heating.kit.errors import Refusal
from heating.kit.pages.base import Page, StaffRequest


def name_what_is_missing(form: Form) -> None:
    """Let each required field ask for itself by its label (请选择机构), unless it has words of its own."""
    for field in form.fields.values():
        if field.error_messages.get("required") == Field.default_error_messages["required"]:
            ask = "请上传" if isinstance(field, FileField) else "请选择" if hasattr(field, "choices") else "请填写"
            field.error_messages["required"] = f"{ask}{field.label or ''}"


def focus_first_error(form: Form) -> None:
    """Put the cursor into the first field that was refused."""
    wrong = [name for name in form.fields if name in form.errors]
    if wrong:
        for name, field in form.fields.items():
            field.widget.attrs.pop("autofocus", None)
            if name == wrong[0]:
                field.widget.attrs["autofocus"] = True


class FormPage(Page):
    """A form and what is done with it: override `perform(form)`, which calls a service and returns its result.

    With a `queryset` the page works on the object `pk` in scope. A `Refusal` of the service stands beside its field
    and the input is kept. `success` is the message, `submit` the button's word (保存, 确定 …).
    """

    template = "kit/form.html"
    form_class: ClassVar[type[Form]]
    queryset: ClassVar[Any] = None
    submit: ClassVar[str] = "保存"
    success: ClassVar[str] = "保存成功"
    cancel: ClassVar[str] = ""
    object: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.pk = kwargs.get("pk")
        return super().dispatch(request, *args, **kwargs)

    def setup_object(self) -> None:
        """Look the object up in the scope of the page's permission."""
        if self.queryset is not None and self.pk is not None:
            self.object = self.fetch(self.queryset.all(), self.pk)

    def initial(self) -> dict[str, Any]:
        """Return the first values of the fields."""
        return {}

    def form_options(self) -> dict[str, Any]:
        """Return further keyword arguments of the form, such as `user` for scoped choices."""
        return {}

    def build_form(self, data: Any = None, files: Any = None) -> Form:
        form = self.form_class(data, files, initial=self.initial(), **self.form_options())
        for field in form.fields.values():
            # Django's row of dashes is no word that a person could read out.
            if isinstance(field, ModelChoiceField) and field.empty_label == BLANK_CHOICE_DASH[0][1]:
                field.empty_label = "请选择" if field.required else "（无）"
        name_what_is_missing(form)
        return form

    def get(self, request: StaffRequest, **kwargs: Any) -> HttpResponse:
        self.setup_object()
        return self.show(form=self.build_form(), **self.extra())

    def post(self, request: StaffRequest, **kwargs: Any) -> HttpResponse:
        self.setup_object()
        form = self.build_form(request.POST, request.FILES)
        if form.is_valid():
            try:
                result = self.perform(form)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else NON_FIELD_ERRORS, refusal.sentence)
            else:
                if isinstance(result, HttpResponse):
                    return result
                messages.success(request, self.success)
                return redirect(self.landing(self.success_url(result)))
        self.invalid(form)
        focus_first_error(form)
        return self.show(form=form, status=422, **self.extra())

    def invalid(self, form: Form) -> None:
        """Take note of a form that is shown again; most pages need not."""

    def perform(self, form: Form) -> Any:
        """Call the service with the cleaned data; `self.object` is the object, if any. Every page says its own."""
        raise NotImplementedError(type(self).__name__)

    def success_url(self, result: Any) -> str:
        return self.return_url

    def extra(self) -> dict[str, Any]:
        """Return further context."""
        return {}


class ConfirmPage(FormPage):
    """One action on one object, with a sentence to confirm and the fields that the action needs (a reason, say)."""

    template = "kit/confirm.html"
    form_class = Form
    submit = "确定"
    success = "操作成功"
    question: ClassVar[str] = ""
    danger: ClassVar[bool] = False

    def get_question(self) -> str:
        """Return the sentence above the button."""
        return self.question
