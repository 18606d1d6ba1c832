"""One request as the approver sees it, its attachments, and the decisions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from billing.forms import changes as forms
from billing.services import changes
from billing.services.change_fields import CHANGES, label_of, readable, spoken
from heating.audit.models import Record
from heating.kit.errors import Refusal
from heating.kit.pages import ConfirmPage, FormPage, Page
from heating.kit.privacy import SENSITIVE
from property.models import Attachment, ChangeRequest
from property.services.attachments import add_attachments, open_attachment, permission_of, removable, remove_attachment
from property.states import ChangeKind, ChangeState, change_flow

DEEDS = {
    "change.submit": "提交",
    "change.edit": "编辑",
    "change.approve": "审批通过",
    "change.reject": "驳回",
    "change.withdraw": "撤回",
    "attachment.remove": "移除附件",
}
# Where a request is listed: of an owner, or of a room.
LISTS = {True: ("业主变更审批", "billing:change-list"), False: ("户室变更审批", "billing:room-change-list")}


class ChangeDetail(Page):
    """One request: before, after, the money effect, the attachments, and the decision."""

    permission, model, template = "property.view_changerequest", ChangeRequest, "billing/change.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = ChangeRequest.objects.select_related("owner", "room__owner", "submitted_by", "decided_by", "edited_by")
        self.object = self.fetch(rows, pk)
        today = timezone.localdate()
        waiting = self.object.state == ChangeState.PENDING
        effect, seen, problem = [], "", changes.not_yet(self.object, today) if waiting else ""
        try:
            effect, seen = changes.effect(pk, on=today, actor=request.user)
        except Refusal as refusal:
            problem = refusal.sentence
        mine = self.object.submitted_by_id == request.user.pk
        decides = waiting and request.user.has_perm(changes.APPROVE) and not changes.own(self.object, request.user)
        return self.show(
            object=self.object,
            crumbs=(("基础信息管理", ""), LISTS[self.object.kind == ChangeKind.OWNER]),
            fields=self.fields(),
            effect=effect,
            seen=seen,
            problem=problem,
            decides=decides,
            withdraws=waiting and mine,
            edit=self.edit(),
            attach=self.attach() if waiting else "",
            attachments=self.attachments(waiting),
            deeds=self.deeds(),
            shared=self.shared(),
        )

    def get_title(self) -> str:
        return f"{self.object.get_kind_display()} {self.object.number}"

    def attach(self) -> str:
        """Return where files are added to the waiting request, for whoever may edit it."""
        if not self.request.user.has_perm(permission_of(self.object)):
            return ""
        url = "billing:owner-change-attach" if self.object.kind == ChangeKind.OWNER else "billing:change-attach"
        return reverse(url, args=[self.object.pk])

    def attachments(self, waiting: bool) -> list[tuple[Attachment, str]]:
        """Return the files, each with where it is removed, if the user may do so now."""
        user = self.request.user
        mine = waiting and user.has_perm(permission_of(self.object))
        url = f"billing:{'owner-' if self.object.kind == ChangeKind.OWNER else ''}attachment-remove"
        return [
            (file, reverse(url, args=[file.pk]) if mine and removable(file, self.object, user) else "")
            for file in self.object.attachments.select_related("added_by").order_by("id")
        ]

    def edit(self) -> tuple[str, str] | None:
        """Return (word, address) for whoever may edit the request or submit it again."""
        request = self.object
        if not self.request.user.has_perm(permission_of(request)):
            return None
        url = "billing:owner-change-edit" if request.kind == ChangeKind.OWNER else "billing:change-edit"
        url = url if request.batch_id is None else "billing:imported-change-edit"
        if request.state == ChangeState.PENDING:
            return "编辑", reverse(url, args=[request.pk])
        again = change_flow.allows("submit", request.state)
        return ("重新提交", reverse(url, args=[request.pk])) if again else None

    def deeds(self) -> list[tuple[Any, str, str, str]]:
        """Return what was done with the request: when, by whom, what, why."""
        rows = Record.objects.filter(target_type="property.changerequest", target_id=self.object.pk).order_by("id")
        return [(r.at, r.actor_name, DEEDS.get(r.event, r.event), r.note) for r in rows]

    def shared(self) -> int:
        """Return how many rooms the owner has, when the request changes him and he has several."""
        owner = self.object.room.owner if self.object.room else self.object.owner
        touched = any(name in CHANGES and CHANGES[name].on == "owner" for name in self.object.after)
        if not touched or self.object.kind == ChangeKind.TRANSFER:
            return 0
        count = owner.rooms.count()
        return count if count > 1 else 0

    def fields(self) -> list[tuple[str, str, str]]:
        """Return (label, before, after) of every wanted change."""
        sensitive = self.request.user.has_perm(SENSITIVE)
        old = readable(self.object.before, sensitive=sensitive)
        asked = readable(self.object.after, sensitive=sensitive)
        shown = [(label_of(name), spoken(name, old.get(name)), spoken(name, after)) for name, after in asked.items()]
        options = self.object.options
        if options.get("takeover"):
            shown.append(("欠费", "—", "由新业主书面承担"))
        if self.object.kind == ChangeKind.TRANSFER:
            shown.append(("预存款", "—", "退还原业主" if options.get("prepaid") == "refund" else "留在缴费账号"))
            shown.append(("新业主", "—", "已有业主" if asked.get("new_owner_number") else "新建业主"))
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


class ChangeAttach(FormPage):
    """添加附件 to a waiting request of a room."""

    title, permission, model = "添加附件", "property.request_room_change", ChangeRequest
    queryset: ClassVar[Any] = ChangeRequest.objects.exclude(kind=ChangeKind.OWNER)
    form_class = forms.AttachForm
    crumbs = (("基础信息管理", ""),)
    submit, success = "上传", "附件已添加"

    def perform(self, form: Any) -> ChangeRequest:
        return add_attachments(self.object.pk, form.cleaned_data["files"], actor=self.request.user)

    def back_url(self) -> str:
        return reverse("billing:change-detail", args=[self.pk])


class OwnerChangeAttach(ChangeAttach):
    permission = "property.request_owner_change"
    queryset = ChangeRequest.objects.filter(kind=ChangeKind.OWNER)


class AttachmentRemove(ConfirmPage):
    """移除 a file from one's own waiting request of a room."""

    title, permission, model = "移除附件", "property.request_room_change", Attachment
    queryset: ClassVar[Any] = Attachment.objects.select_related("request").exclude(request__kind=ChangeKind.OWNER)
    crumbs = (("基础信息管理", ""),)
    danger, success = True, "附件已移除"

    def get_question(self) -> str:
        return f"从申请 {self.object.request.number} 移除附件“{self.object.name}”？"

    def perform(self, form: Any) -> ChangeRequest:
        return remove_attachment(self.object.pk, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("billing:change-detail", args=[self.object.request_id])


class OwnerAttachmentRemove(AttachmentRemove):
    permission = "property.request_owner_change"
    queryset = Attachment.objects.select_related("request").filter(request__kind=ChangeKind.OWNER)


class AttachmentFile(Page):
    """An attachment as a download; nothing of it may run or be framed here, whatever it is."""

    permission, model = "property.view_changerequest", Attachment

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        found, path = open_attachment(pk, actor=request.user, address=address)
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=found.name, content_type=found.kind)
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
        return answer
