"""Addresses of orders, of the room import and of changes under approval."""

from django.urls import path

from billing import lists
from billing.views import bulk, changes, decisions, orders

app_name = "billing"

urlpatterns = [
    path("orders/", lists.OrderList.as_view(), name="order-list"),
    path("orders/<int:pk>/", orders.OrderDetail.as_view(), name="order-detail"),
    path("owners/<int:pk>/change/", changes.OwnerChange.as_view(), name="owner-change"),
    path("rooms/<int:pk>/area/", changes.AreaChange.as_view(), name="room-area"),
    path("rooms/<int:pk>/account/", changes.AccountChange.as_view(), name="room-account"),
    path("rooms/<int:pk>/state/", changes.StateChange.as_view(), name="room-state"),
    path("rooms/<int:pk>/transfer/", changes.Transfer.as_view(), name="room-transfer"),
    path("changes/owners/", lists.OwnerChangeList.as_view(), name="change-list"),
    path("changes/rooms/", lists.RoomChangeList.as_view(), name="room-change-list"),
    path("changes/bulk/", bulk.BulkPreview.as_view(), name="change-bulk"),
    path("changes/bulk/approve/", bulk.BulkApprove.as_view(), name="change-bulk-approve"),
    path("changes/bulk/<int:pk>/", bulk.BulkJob.as_view(), name="change-bulk-job"),
    path("changes/<int:pk>/", decisions.ChangeDetail.as_view(), name="change-detail"),
    path("changes/<int:pk>/edit/", changes.ChangeEdit.as_view(), name="change-edit"),
    path("changes/owners/<int:pk>/edit/", changes.OwnerChangeEdit.as_view(), name="owner-change-edit"),
    path("changes/imported/<int:pk>/edit/", changes.ImportedChangeEdit.as_view(), name="imported-change-edit"),
    path("changes/<int:pk>/attach/", decisions.ChangeAttach.as_view(), name="change-attach"),
    path("changes/<int:pk>/approve/", decisions.ChangeApprove.as_view(), name="change-approve"),
    path("changes/<int:pk>/reject/", decisions.ChangeReject.as_view(), name="change-reject"),
    path("changes/<int:pk>/withdraw/", decisions.ChangeWithdraw.as_view(), name="change-withdraw"),
    path("changes/owners/<int:pk>/attach/", decisions.OwnerChangeAttach.as_view(), name="owner-change-attach"),
    path("attachments/<int:pk>/", decisions.AttachmentFile.as_view(), name="attachment"),
    path("attachments/<int:pk>/remove/", decisions.AttachmentRemove.as_view(), name="attachment-remove"),
    path(
        "attachments/owners/<int:pk>/remove/",
        decisions.OwnerAttachmentRemove.as_view(),
        name="owner-attachment-remove",
    ),
    path("excesses/", lists.ExcessList.as_view(), name="excess-list"),
]
