"""One request as the approver sees it, its attachments, and the decisions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils import timezone

from heating.approvals import views
from heating.approvals.services.decisions import look
from heating.approvals.states import ApprovalState
from heating.audit.models import Record
from heating.kit.errors import Refusal
from heating.kit.pages import ConfirmPage, FormPage, Page, StaffRequest
from heating.kit.privacy import SENSITIVE
from property.forms.changes import AttachForm
from property.models import Attachment, ChangeRequest
from property.services.attachments import add_attachments, open_attachment, removable, remove_attachment
from property.services.changes import change_of

DEEDS = {
    "change.submit": "提交",
    "change.edit": "编辑",
    "change.approve": "审批通过",
    "change.reject": "驳回",
    "change.withdraw": "撤回",
    "attachment.remove": "移除附件",
}
# Where a request is listed: of an owner, or of a room.
LISTS = {True: ("业主变更审批", "property:change-list"), False: ("户室变更审批", "property:room-change-list")}


class ChangeDetail(Page):
    """One request: before, after, the money effect, the attachments, and the decision."""

    permission, model, template = "property.view_changerequest", ChangeRequest, "property/change.html"

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        rows = ChangeRequest.objects.select_related("owner", "room__owner", "submitted_by", "decided_by", "edited_by")
        self.object = self.fetch(rows, pk)
        today = timezone.localdate()
        waiting = self.object.state == ApprovalState.PENDING
        effect, seen, problem = [], "", change_of(self.object).not_yet(self.object, today) if waiting else ""
        try:
            effect, seen = look(self.object, on=today, actor=request.user)
        except Refusal as refusal:
            problem = refusal.sentence
        mine = self.object.submitted_by_id == request.user.pk
        may = request.user.has_perm(ChangeRequest.approve_permission)
        decides = waiting and may and not self.object.involves(request.user)
        return self.show(
            object=self.object,
            dated=change_of(self.object).dated,
            crumbs=(("基础信息管理", ""), LISTS[self.object.room_id is None]),
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
        if not self.request.user.has_perm(self.object.ask_permission):
            return ""
        url = "property:owner-change-attach" if self.object.room_id is None else "property:change-attach"
        return reverse(url, args=[self.object.pk])

    def attachments(self, waiting: bool) -> list[tuple[Attachment, str]]:
        """Return the files, each with where it is removed, if the user may do so now."""
        user = self.request.user
        mine = waiting and user.has_perm(self.object.ask_permission)
        url = f"property:{'owner-' if self.object.room_id is None else ''}attachment-remove"
        return [
            (file, reverse(url, args=[file.pk]) if mine and removable(file, self.object, user) else "")
            for file in self.object.attachments.select_related("added_by").order_by("id")
        ]

    def edit(self) -> tuple[str, str] | None:
        """Return (word, address) for whoever may edit the request or submit it again."""
        request = self.object
        if not self.request.user.has_perm(request.ask_permission):
            return None
        url = "property:owner-change-edit" if request.room_id is None else "property:change-edit"
        url = "property:imported-change-edit" if request.kind == "import" else url
        if request.state == ApprovalState.PENDING:
            return "编辑", reverse(url, args=[request.pk])
        again = request.flow.allows("submit", request.state)
        return ("重新提交", reverse(url, args=[request.pk])) if again else None

    def deeds(self) -> list[tuple[Any, str, str, str]]:
        """Return what was done with the request: when, by whom, what, why."""
        rows = Record.objects.filter(target_type="property.changerequest", target_id=self.object.pk).order_by("id")
        return [(r.at, r.actor_name, DEEDS.get(r.event, r.event), r.note) for r in rows]

    def shared(self) -> int:
        """Return how many rooms the owner has, when the request changes them and they have several."""
        if not change_of(self.object).changes_owner(self.object):
            return 0
        owner = self.object.room.owner if self.object.room else self.object.owner
        count = owner.rooms.count()
        return count if count > 1 else 0

    def fields(self) -> list[tuple[str, str, str]]:
        """Return (label, before, after) of every wanted change."""
        row, kind, sensitive = self.object, change_of(self.object), self.request.user.has_perm(SENSITIVE)
        old = kind.labels(row.before, sensitive=sensitive)
        asked = kind.labels(row.after, sensitive=sensitive)
        return [(label, old.get(label, "—"), after) for label, after in asked.items()] + kind.remarks(row)


class ChangeDecision(views.Decision):
    """What the three decisions say of change requests."""

    model, detail = ChangeRequest, "property:change-detail"
    queryset: ClassVar[Any] = ChangeRequest.objects.all()
    crumbs = (("基础信息管理", ""),)


class ChangeApprove(ChangeDecision, views.ApprovePage):
    permission = ChangeRequest.approve_permission


class ChangeReject(ChangeDecision, views.RejectPage):
    permission = ChangeRequest.approve_permission


class ChangeWithdraw(ChangeDecision, views.WithdrawPage):
    permission = ChangeRequest.withdraw_permission


class ChangeAttach(FormPage):
    """添加附件 to a waiting request of a room."""

    title, permission, model = "添加附件", "property.request_room_change", ChangeRequest
    queryset: ClassVar[Any] = ChangeRequest.objects.filter(room__isnull=False)
    form_class = AttachForm
    crumbs = (("基础信息管理", ""),)
    submit, success = "上传", "附件已添加"

    def perform(self, form: Any) -> ChangeRequest:
        return add_attachments(self.object.pk, form.cleaned_data["files"], actor=self.request.user)

    def back_url(self) -> str:
        return reverse("property:change-detail", args=[self.pk])


class OwnerChangeAttach(ChangeAttach):
    permission = "property.request_owner_change"
    queryset = ChangeRequest.objects.filter(room__isnull=True)


class AttachmentRemove(ConfirmPage):
    """移除 a file from one's own waiting request of a room."""

    title, permission, model = "移除附件", "property.request_room_change", Attachment
    queryset: ClassVar[Any] = Attachment.objects.select_related("request").filter(request__room__isnull=False)
    crumbs = (("基础信息管理", ""),)
    danger, success = True, "附件已移除"

    def get_question(self) -> str:
        return f"从申请 {self.object.request.number} 移除附件“{self.object.name}”？"

    def perform(self, form: Any) -> ChangeRequest:
        return remove_attachment(self.object.pk, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("property:change-detail", args=[self.object.request_id])


class OwnerAttachmentRemove(AttachmentRemove):
    permission = "property.request_owner_change"
    queryset = Attachment.objects.select_related("request").filter(request__room__isnull=True)


class AttachmentFile(Page):
    """An attachment as a download; nothing of it may run or be framed here, whatever it is."""

    permission, model = "property.view_changerequest", Attachment

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        found, path = open_attachment(pk, actor=request.user, address=address)
        answer = FileResponse(path.open("rb"), as_attachment=True, filename=found.name, content_type=found.kind)
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
        return answer
