"""户室签约: room × product version × season."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.models.products import Product, ProductVersion
from billing.models.seasons import Season
from billing.states import ContractSource, ContractState, contract_flow
from heating.approvals.models import Approval, decided_by_another
from heating.kit.scope import Handles, ScopedQuerySet
from property.models import Owner, Room
from property.models.located import LocatedInBulk


class ContractQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("office_id",),
        community=("community_id",),
        building=("building_id",),
        author=("submitted_by_id", "owner__user_id"),
    )


class Contract(Approval, LocatedInBulk):
    """A room signed to a product for a season. One approved contract per room and season; approval makes the order.

    Place columns are copied from the room at signing. No constraint where the row is always made from the room itself
    (each foreign key check costs 5 µs a row in a bulk load). Nobody edits a contract, and its order is its effect.
    """

    flow, event = contract_flow, "contract"
    not_by_oneself, only_by_oneself = "不能审批自己提交的合同", "只能撤回自己提交的合同"
    approve_permission, withdraw_permission = "billing.approve_contract", "billing.sign_contract"
    edited_by = edited_by_id = effect = seen_hash = None

    room = models.ForeignKey(Room, models.PROTECT, related_name="contracts", verbose_name="户室")
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="contracts", verbose_name="业主", db_constraint=False)
    season = models.ForeignKey(
        Season, models.PROTECT, related_name="contracts", verbose_name="采暖季", db_constraint=False, db_index=False
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="contracts", verbose_name="产品", db_constraint=False
    )
    version = models.ForeignKey(
        ProductVersion, models.PROTECT, related_name="contracts", verbose_name="产品版本", db_index=False
    )
    number = models.CharField("合同号", max_length=24)
    state = models.CharField("状态", max_length=10, choices=ContractState, default=ContractState.PENDING)
    source = models.CharField("来源", max_length=12, choices=ContractSource, default=ContractSource.PAGE)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="申请人", db_index=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审批人", db_index=False
    )
    terminated_on = models.DateField("终止日期", null=True, blank=True)
    batch_id = models.BigIntegerField("导入批次", null=True, editable=False)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "签约合同"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [
            ("sign_contract", "户室签约"),
            ("approve_contract", "审批签约"),
            ("terminate_contract", "终止签约"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="contract_number_once"),
            models.UniqueConstraint(
                fields=["room", "season"],
                condition=Q(state="approved"),
                name="one_live_contract_per_room_and_season",
                violation_error_message="该户室本采暖季已有签约",
            ),
            models.UniqueConstraint(
                fields=["room", "season"],
                condition=Q(state__in=["draft", "pending"]),
                name="one_open_contract_per_room_and_season",
                violation_error_message="该户室本采暖季已有待审批的签约",
            ),
            # Import makes its contracts approved without a decider.
            decided_by_another("contract_decided_by_another", "不能审批自己提交的合同"),
        ]
        indexes = [
            models.Index(fields=["season", "state", "community"], name="contract_season"),
            models.Index(fields=["batch_id"], name="contract_batch", condition=Q(batch_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number
