"""Asking for changes, looking at them with their money effect, deciding them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from billing.forms import changes as forms
from billing.services import changes
from billing.services.apply_change import CHANGES, readable, spoken
from heating.kit.pages import ConfirmPage, FormPage, Page
from heating.kit.tables import SENSITIVE
from property.models import ChangeRequest, Owner, Room
from property.states import ChangeKind, ChangeState


class OwnerChange(FormPage):
    """编辑 of an owner opens a request."""

    title, permission, model = "业主信息变更申请", "property.request_owner_change", Owner
    queryset, form_class = Owner.objects.all(), forms.OwnerChangeForm
    crumbs = (("基础信息管理", ""), ("业主信息", "property:owner-list"))
    submit, success = "提交审批", "变更申请已提交，审批通过后生效"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name, "") for name in self.form_class.base_fields if name != "reason"}

    def perform(self, form: Any) -> ChangeRequest:
        data = form.cleaned_data.copy()
        reason = data.pop("reason")
        return changes.request_owner_change(
            self.object.pk, data, reason=reason, actor=self.request.user, on=timezone.localdate()
        )

    def back_url(self) -> str:
        return reverse("reports:owner-detail", args=[self.pk])


class RoomChange(FormPage):
    """One kind of request for a room."""

    permission, model = "property.request_room_change", Room
    queryset: ClassVar[Any] = Room.objects.select_related("owner")
    crumbs = (("基础信息管理", ""), ("户室列表", "billing:room-list"))
    submit, success = "提交审批", "变更申请已提交，审批通过后生效"
    kind: ClassVar[str] = ""
    options: ClassVar[tuple[str, ...]] = ()

    def get_title(self) -> str:
        return f"{self.title} {self.object.account_no} {self.object.address}"

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name, None) for name in self.form_class.base_fields}

    def perform(self, form: Any) -> ChangeRequest:
        data = form.cleaned_data.copy()
        reason = data.pop("reason")
        options = {name: data.pop(name) for name in self.options}
        return changes.request_room_change(
            self.object.pk,
            self.kind,
            data,
            reason=reason,
            actor=self.request.user,
            on=timezone.localdate(),
            options=options,
        )

    def back_url(self) -> str:
        return reverse("billing:room-list")


class AreaChange(RoomChange):
    title, kind, form_class = "面积变更", ChangeKind.AREA, forms.AreaChangeForm


class AccountChange(RoomChange):
    title, kind, form_class = "缴费账号变更", ChangeKind.ACCOUNT, forms.AccountChangeForm


class StateChange(RoomChange):
    title, kind, form_class = "户室信息变更", ChangeKind.ROOM, forms.StateChangeForm


class Transfer(RoomChange):
    title, kind, form_class, options = "过户", ChangeKind.TRANSFER, forms.TransferForm, ("takeover", "prepaid")

    def initial(self) -> dict[str, Any]:
        return {}


class ChangeDetail(Page):
    """One request: before, after, the money effect, and the decision."""

    permission, model, template = "property.view_changerequest", ChangeRequest, "billing/change.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = ChangeRequest.objects.select_related("owner", "room", "submitted_by", "decided_by")
        self.object = self.fetch(rows, pk)
        effect, seen = changes.effect(pk, on=timezone.localdate(), actor=request.user)
        waiting = self.object.state == ChangeState.PENDING
        mine = self.object.submitted_by_id == request.user.pk
        decides = waiting and not mine and request.user.has_perm(changes.APPROVE)
        return self.show(
            object=self.object,
            fields=self.fields(),
            effect=effect,
            seen=seen,
            decides=decides,
            withdraws=waiting and mine,
        )

    def get_title(self) -> str:
        return f"{self.object.get_kind_display()} {self.object.number}"

    def fields(self) -> list[tuple[str, str, str]]:
        """Return (label, before, after) of every wanted change."""
        sensitive = self.request.user.has_perm(SENSITIVE)
        old = readable(self.object.before, sensitive=sensitive)
        shown = []
        for name, after in readable(self.object.after, sensitive=sensitive).items():
            label = CHANGES[name].label if name in CHANGES else name
            before = old.get(name)
            shown.append((label, spoken(name, before), spoken(name, after)))
        if self.object.options.get("takeover"):
            shown.append(("欠费", "—", "由新业主书面承担"))
        if self.object.kind == ChangeKind.TRANSFER:
            left = self.object.options.get("prepaid") != "refund"
            shown.append(("预存款", "—", "留在缴费账号" if left else "退还原业主"))
        return shown


class Decision(ConfirmPage):
    """The frame of the three decisions."""

    model = ChangeRequest
    queryset: ClassVar[Any] = ChangeRequest.objects.all()
    crumbs = (("基础信息管理", ""),)
    word: ClassVar[str] = ""

    def get_question(self) -> str:
        return f"{self.word}{self.object}？"

    def back_url(self) -> str:
        return reverse("billing:change-detail", args=[self.pk])


class ChangeApprove(Decision):
    title, permission, word, success = "审批通过", changes.APPROVE, "通过", "已通过，变更已生效"
    form_class = forms.ApproveForm

    def initial(self) -> dict[str, Any]:
        return {"seen": self.request.GET.get("seen", "")[:64]}

    def perform(self, form: Any) -> ChangeRequest:
        return changes.approve_change(
            self.object.pk,
            seen=form.cleaned_data["seen"],
            actor=self.request.user,
            on=timezone.localdate(),
            now=timezone.now(),
            note=form.cleaned_data["note"],
        )


class ChangeReject(Decision):
    title, permission, word, danger = "审批驳回", changes.APPROVE, "驳回", True
    form_class, success = forms.RejectForm, "已驳回"

    def perform(self, form: Any) -> ChangeRequest:
        reason = form.cleaned_data["reason"]
        return changes.reject_change(self.object.pk, reason=reason, actor=self.request.user, now=timezone.now())


class ChangeWithdraw(Decision):
    title, permission, word, success = "撤回申请", "property.view_changerequest", "撤回", "已撤回"

    def perform(self, form: Any) -> ChangeRequest:
        return changes.withdraw_change(self.object.pk, actor=self.request.user)
