"""The states that a request for approval passes through; a model may bring a flow of its own instead."""

from django.db import models

from heating.kit.flow import Flow, Transition


class ApprovalState(models.TextChoices):
    DRAFT = "draft", "草稿"
    PENDING = "pending", "待审批"
    APPROVED = "approved", "通过"
    REJECTED = "rejected", "驳回"
    WITHDRAWN = "withdrawn", "撤回"


approval_flow = Flow(
    ApprovalState,
    Transition("submit", (ApprovalState.DRAFT, ApprovalState.REJECTED, ApprovalState.WITHDRAWN), ApprovalState.PENDING),
    Transition("edit", (ApprovalState.PENDING,), ApprovalState.PENDING),
    Transition("approve", (ApprovalState.PENDING,), ApprovalState.APPROVED),
    Transition("reject", (ApprovalState.PENDING,), ApprovalState.REJECTED),
    Transition(
        "withdraw", (ApprovalState.PENDING, ApprovalState.DRAFT, ApprovalState.REJECTED), ApprovalState.WITHDRAWN
    ),
)

# Colours of the badges, by Tabler's names.
APPROVAL_COLOURS = {"pending": "orange", "approved": "green", "rejected": "red", "withdrawn": "secondary"}
