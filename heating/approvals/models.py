"""The columns of everything under approval."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from heating.approvals.states import ApprovalState, approval_flow
from heating.kit.actor import Actor
from heating.kit.flow import Flow


class Approval(models.Model):
    """A thing that takes effect only after a person has approved it who neither submitted nor edited it.

    A subclass says who may decide; what is checked and applied is said by the `ApprovalKind` of its `approval_code`.
    `effect` is the money effect that the approver saw and `seen_hash` the hash of content and effect: what is applied
    is what was seen.
    """

    flow: ClassVar[Flow] = approval_flow
    # The first part of its audit events: "change" gives change.approve, change.reject …
    event: ClassVar[str] = "approval"
    # What is said to whoever may not decide, or not withdraw.
    not_by_oneself: ClassVar[str] = "不能审批自己提交或编辑的申请"
    only_by_oneself: ClassVar[str] = "只能撤回自己提交的申请"
    approve_permission: ClassVar[str] = ""
    view_permission: ClassVar[str] = ""
    withdraw_permission: ClassVar[str] = ""

    state = models.CharField("状态", max_length=10, choices=ApprovalState, default=ApprovalState.PENDING)
    effect = models.JSONField("金额影响", null=True, blank=True)
    seen_hash = models.CharField(max_length=64, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人")
    submitted_at = models.DateTimeField("申请时间", auto_now_add=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="最后编辑"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True)
    decision_note = models.CharField("审批意见", max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def approval_code(self) -> str:
        """The code of the kind that checks and applies it: its own kind, or the only one of its model."""
        return str(getattr(self, "kind", "") or self._meta.model_name)

    def involves(self, actor: Actor) -> bool:
        """Say whether the actor had a hand in it, and therefore may not decide it."""
        return actor.pk in (self.submitted_by_id, self.edited_by_id)

    def mark_edited(self, actor: Actor) -> None:
        """Remember who edited; the submitter may not decide anyway and never covers up another editor."""
        if actor.pk != self.submitted_by_id:
            self.edited_by_id = actor.pk


def decided_by_another(name: str, sentence: str) -> models.CheckConstraint:
    """Return the constraint by which the database too refuses a decision by the submitter."""
    return models.CheckConstraint(
        condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("submitted_by")),
        name=name,
        violation_error_message=sentence,
    )
