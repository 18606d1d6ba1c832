"""Asking for changes, and editing what was asked for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from heating.kit.pages import FormPage
from heating.kit.privacy import SENSITIVE, mask
from property.forms import changes as forms
from property.models import ChangeRequest, Owner, Room
from property.services import changes
from property.services.changes import change_of, text_of

OPTIONS = ("takeover", "prepaid")


class RequestFrame(FormPage):
    """What every form of a request shares: reason, attachments, options and day go their own ways."""

    submit, success = "提交审批", "变更申请已提交，审批通过后生效"

    def asked(self, form: Any) -> dict[str, Any]:
        """Return the arguments of the service: `after` and what stands beside it."""
        after = form.cleaned_data.copy()
        given = {"reason": after.pop("reason"), "files": after.pop("files")}
        if "effective_on" in after:
            given["effective_on"] = after.pop("effective_on")
            given["options"] = {name: after.pop(name) for name in OPTIONS}
        return given | {"after": after, "actor": self.request.user, "on": timezone.localdate()}

    def success_url(self, result: Any) -> str:
        return reverse("property:change-detail", args=[result.pk])


def owner_options(owner: Owner, user: Any) -> dict[str, Any]:
    """Return what the form of an owner must know of what it does not show."""
    masked = "" if user.has_perm(SENSITIVE) else mask(owner.phone)
    return {"masked": masked, "has_document": bool(owner.id_hash)}


def owner_initial(owner: Owner, user: Any) -> dict[str, Any]:
    """Return the values in force; the phone only to whom may see it, the document to nobody."""
    shown = {name: getattr(owner, name) for name in forms.OwnerChangeForm.base_fields if hasattr(owner, name)}
    return shown if user.has_perm(SENSITIVE) else shown | {"phone": ""}


class OwnerChange(RequestFrame):
    """编辑 of an owner opens a request."""

    title, permission, model = "业主信息变更申请", "property.request_owner_change", Owner
    queryset, form_class = Owner.objects.all(), forms.OwnerChangeForm
    crumbs = (("基础信息管理", ""), ("业主信息", "property:owner-list"))

    def get_title(self) -> str:
        return f"{self.title} {self.object.name}"

    def initial(self) -> dict[str, Any]:
        return owner_initial(self.object, self.request.user)

    def form_options(self) -> dict[str, Any]:
        return owner_options(self.object, self.request.user)

    def perform(self, form: Any) -> ChangeRequest:
        return changes.request_change("owner", self.object.pk, **self.asked(form))

    def back_url(self) -> str:
        return reverse("property:owner-detail", args=[self.pk])


class RoomChange(RequestFrame):
    """One kind of request for a room."""

    permission, model = "property.request_room_change", Room
    queryset: ClassVar[Any] = Room.objects.select_related("owner")
    crumbs = (("基础信息管理", ""), ("户室列表", "property:room-list"))
    kind: ClassVar[str] = ""

    def get_title(self) -> str:
        return f"{self.title} {self.object.account_no} {self.object.address}"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name, None) for name in self.form_class.base_fields}

    def perform(self, form: Any) -> ChangeRequest:
        return changes.request_change(self.kind, self.object.pk, **self.asked(form))

    def back_url(self) -> str:
        return reverse("property:room-list")


class AreaChange(RoomChange):
    title, kind, form_class = "面积变更", "area", forms.AreaChangeForm


class AccountChange(RoomChange):
    title, kind, form_class = "缴费账号变更", "account", forms.AccountChangeForm


class StateChange(RoomChange):
    title, kind, form_class = "户室信息变更", "room", forms.StateChangeForm


class Transfer(RoomChange):
    title, kind, form_class = "过户", "transfer", forms.TransferForm

    def initial(self) -> dict[str, Any]:
        return {"effective_on": timezone.localdate(), "prepaid": "keep"}


def values_of(request: ChangeRequest) -> dict[str, Any]:
    """Return what a request asks for, as the values of owner and room."""
    fields = change_of(request).fields
    found = {name: (fields[name], value) for name, value in request.after.items() if name in fields}
    return {name: field.parse(text_of(value)) for name, (field, value) in found.items() if field.on}


class ChangeEdit(RequestFrame):
    """编辑 of a waiting request, 重新提交 of a rejected or withdrawn one: the same form, filled in."""

    model, permission = ChangeRequest, "property.request_room_change"
    queryset: ClassVar[Any] = ChangeRequest.objects.select_related("owner", "room__owner").exclude(
        Q(room__isnull=True) | Q(kind="import")
    )
    crumbs = (("基础信息管理", ""), ("户室变更审批", "property:room-change-list"))

    def setup_object(self) -> None:
        super().setup_object()
        self.form_class = forms.form_of(self.object.kind, change_of(self.object).fields)
        self.target = self.object.room or self.object.owner

    def get_title(self) -> str:
        return f"编辑{self.object.get_kind_display()} {self.object.number}"

    def initial(self) -> dict[str, Any]:
        request = self.object
        asked = values_of(request)
        if not self.knows():
            asked = {name: value for name, value in asked.items() if "phone" not in name}
        now = {name: getattr(self.target, name, None) for name in self.form_class.base_fields}
        rest = {"reason": request.reason, "effective_on": request.effective_on, **request.options}
        return now | asked | rest

    def knows(self) -> bool:
        """Say whether the phones of the request may be shown: its submitter typed them."""
        user: Any = self.request.user
        return user.has_perm(SENSITIVE) or self.object.submitted_by_id == user.pk

    def perform(self, form: Any) -> ChangeRequest:
        return changes.edit_change(self.object.pk, now=timezone.now(), **self.asked(form))

    def back_url(self) -> str:
        return reverse("property:change-detail", args=[self.pk])


class ImportedChangeEdit(ChangeEdit):
    """编辑 and 重新提交 of what a line of 户室导入 asked for."""

    queryset = ChangeRequest.objects.select_related("room__owner").filter(kind="import")

    def setup_object(self) -> None:
        super().setup_object()
        # What the file asked for, as values; product and old debt are no fields of a form.
        self.wanted = values_of(self.object)

    def form_options(self) -> dict[str, Any]:
        asked = set(self.object.after)
        days = {"relief_from", "relief_to"} if "owner_relief" in asked else set()
        return {"names": {name for name in asked | days if self.knows() or "phone" not in name}}

    def initial(self) -> dict[str, Any]:
        days = {name: getattr(self.target.owner, name) for name in ("relief_from", "relief_to")}
        return super().initial() | days | self.wanted

    def asked(self, form: Any) -> dict[str, Any]:
        """What the form does not hold stays as the file said."""
        given = super().asked(form)
        given["after"] = self.wanted | given["after"]
        return given


class OwnerChangeEdit(ChangeEdit):
    permission = "property.request_owner_change"
    queryset = ChangeRequest.objects.select_related("owner").filter(room__isnull=True)
    crumbs = (("基础信息管理", ""), ("业主变更审批", "property:change-list"))

    def initial(self) -> dict[str, Any]:
        shown = super().initial() | {"phone": owner_initial(self.target, self.request.user)["phone"]}
        if "phone" in self.object.after and self.knows():
            shown["phone"] = self.object.after["phone"]
        if "owner_note" in self.object.after:
            shown["note"] = self.object.after["owner_note"]
        return shown

    def form_options(self) -> dict[str, Any]:
        return owner_options(self.target, self.request.user)

    def asked(self, form: Any) -> dict[str, Any]:
        """An empty phone field leaves what was asked for before."""
        given = super().asked(form)
        if "phone" not in given["after"] and "phone" in self.object.after:
            given["after"]["phone"] = self.object.after["phone"]
        return given
