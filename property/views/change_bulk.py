"""批量审批 of change requests: of those that are ticked, or of all that one import made."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpResponse

from heating.approvals import views
from heating.approvals.services import batches
from heating.approvals.states import ApprovalState
from heating.imports.models import Batch
from heating.kit.pages import StaffRequest
from property.models import ChangeRequest


class ChangeBulk(views.BulkFrame):
    """What the three pages say of change requests."""

    approves, permission, model = ChangeRequest, ChangeRequest.approve_permission, ChangeRequest
    listed, detail = ("户室变更审批", "property:room-change-list"), "property:change-detail"
    bulk_job, bulk_approve = "property:change-bulk-job", "property:change-bulk-approve"
    crumbs = (("基础信息管理", ""), listed)


class BulkPreview(ChangeBulk, views.BulkPreview):
    """The ticked requests, or all that one import made; without either the imports to choose from."""

    def get(self, request: StaffRequest) -> HttpResponse:
        batch = views.numbers([request.GET.get("batch", "")])
        if batch:
            return self.look(batches.waiting(ChangeRequest, request.user, batch_id=batch[0]))
        mine = ChangeRequest.objects.visible_to(request.user, self.permission).filter(state=ApprovalState.PENDING)
        found = mine.filter(batch_id__isnull=False).order_by().values("batch_id").annotate(count=Count("pk"))
        counts = {row["batch_id"]: row["count"] for row in found}
        files = Batch.objects.filter(pk__in=counts).select_related("created_by").order_by("-pk")
        return self.show(batches=[(batch, counts[batch.pk]) for batch in files])


class BulkApprove(ChangeBulk, views.BulkApprove):
    pass


class BulkJob(ChangeBulk, views.BulkJob):
    model = views.BulkJob.model
