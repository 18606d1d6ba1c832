"""Tables of the back office that may be changed: only by the services, which say no in a sentence."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from heating.kit.backoffice.base import BackOfficeAdmin
from heating.kit.errors import Refusal

OUT_OF_REACH = "所选内容不在您的数据范围内"


class ServiceForm(forms.ModelForm):
    """Gives the shape; what the service refused stands beside its field."""

    refused: ClassVar[Refusal | None] = None

    def clean(self) -> Any:
        data = super().clean()
        if self.refused is not None:
            field = self.refused.field
            self.add_error(field if field in self.fields else None, self.refused.sentence)
        return data


class ServiceAdmin(BackOfficeAdmin):
    """Override `add`, `change` and `remove` where there is a service, and name its permission; without it no button.

    A Refusal rolls the request back and is shown in the form; the audit row is the service's.
    """

    add_permission: ClassVar[str] = ""
    change_permission: ClassVar[str] = ""
    delete_permission: ClassVar[str] = ""
    form = ServiceForm

    def add(self, data: dict[str, Any], *, actor: Any) -> Any:
        """Call the service that adds; return the new row."""
        raise NotImplementedError(type(self).__name__)

    def change(self, row: Any, data: dict[str, Any], *, actor: Any) -> Any:
        """Call the service that changes; return the row."""
        raise NotImplementedError(type(self).__name__)

    def remove(self, pk: int, *, actor: Any) -> None:
        """Call the service that deletes."""
        raise NotImplementedError(type(self).__name__)

    def _may(self, request: HttpRequest, permission: str, obj: Any) -> bool:
        if not permission or not request.user.has_perm(permission) or not self.has_view_permission(request):
            return False
        return obj is None or self.rows(request.user, permission).filter(pk=obj.pk).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.add_permission, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_permission, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.delete_permission, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form)(form.__name__, (form,), {"refused": getattr(request, "refused", None)})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            refused = refusal
        except ObjectDoesNotExist:
            refused = Refusal(OUT_OF_REACH)
        # The transaction is gone; the same input goes through the form once more, which now holds the sentence.
        request.refused = refused  # type: ignore[attr-defined]
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        data = dict(form.cleaned_data)
        saved = self.change(obj, data, actor=request.user) if change else self.add(data, actor=request.user)
        obj.pk = saved.pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The service has written everything."""

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refusal as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
            return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        except ObjectDoesNotExist as gone:
            raise Http404 from gone

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(obj.pk, actor=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name the row alone: what hangs on it is the service's question, and may lie outside the scope."""
        rows = list(objs)
        return [str(row) for row in rows], {self.opts.verbose_name_plural: len(rows)}, set(), []
