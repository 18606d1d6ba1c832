"""Changes of owners and rooms, which count only after another person has approved them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from heating.approvals.models import Approval, decided_by_another
from heating.approvals.services.decisions import KINDS
from heating.kit.actor import Actor
from heating.kit.scope import Handles, ScopedQuerySet
from org.models import Office
from property.models.owners import Owner
from property.models.places import Building, Community
from property.models.rooms import Room


class ChangeRequestQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("office_id",),
        community=("community_id",),
        building=("building_id",),
        author=("submitted_by_id",),
    )

    def visible_to(self, user, permission):
        """A request of an owner has no place of its own: through a 辖区, it is seen together with the owner."""
        scope = user.scope(permission)
        if scope.everything or not (scope.communities or scope.buildings):
            return super().visible_to(user, permission)
        placed = super().visible_to(user, permission).order_by().values("pk")
        owners = Owner.objects.visible_to(user, permission).order_by().values("pk")
        return self.filter(Q(pk__in=placed) | Q(room__isnull=True, owner__in=owners))


class ChangeRequest(Approval):
    """One wanted change of an owner or a room: field → old and new value, and what became of it.

    `kind` is the code of a registered kind of change; old values stay in force until approval.
    """

    event = "change"
    approve_permission = "property.approve_changerequest"
    view_permission = withdraw_permission = "property.view_changerequest"

    company = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="公司")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="机构")
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+", verbose_name="小区")
    building = models.ForeignKey(Building, models.PROTECT, null=True, related_name="+", verbose_name="楼幢")
    number = models.CharField("单号", max_length=24, unique=True)
    kind = models.CharField("类型", max_length=12)
    owner = models.ForeignKey(Owner, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name="业主")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="changes", verbose_name="户室")
    before = models.JSONField("变更前")
    after = models.JSONField("变更后")
    effective_on = models.DateField("生效日期", null=True, blank=True)
    options = models.JSONField("选项", default=dict, blank=True)
    reason = models.CharField("申请原因", max_length=300, blank=True)
    batch_id = models.BigIntegerField("导入批次", null=True, editable=False)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "变更申请"
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("approve_changerequest", "审批变更申请")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(state="pending", room__isnull=True),
                name="one_open_change_per_owner",
                violation_error_message="该业主已有待审批的变更申请",
            ),
            models.UniqueConstraint(
                fields=["room", "kind"],
                condition=Q(state="pending"),
                name="one_open_change_per_room_and_kind",
                violation_error_message="该户室已有同类待审批的变更申请",
            ),
            decided_by_another("change_decided_by_another", "不能审批自己提交的申请"),
            models.CheckConstraint(
                condition=Q(owner__isnull=False) | Q(room__isnull=False), name="change_has_a_target"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"

    def get_kind_display(self) -> str:
        """Return what its kind is called, as Django names it for a column with choices."""
        return KINDS[self.kind].label if self.kind in KINDS else self.kind

    @property
    def ask_permission(self) -> str:
        """The permission by which such a request is made and edited: one of an owner has no room."""
        return f"property.request_{'room' if self.room_id else 'owner'}_change"

    def aim_at(self, target: Owner | Room) -> None:
        """Set what is to change, and its place."""
        self.company_id, self.office_id = target.company_id, target.office_id
        if isinstance(target, Room):
            self.room, self.community_id, self.building_id = target, target.community_id, target.building_id
        else:
            self.owner = target

    def involves(self, actor: Actor) -> bool:
        """Whoever added a file has a hand in it too."""
        return super().involves(actor) or self.attachments.filter(added_by=actor.pk).exists()


class AttachmentQuerySet(ScopedQuerySet):
    handles = Handles(
        office=("request__office_id",),
        community=("request__community_id",),
        building=("request__building_id",),
        author=("request__submitted_by_id",),
    )

    def visible_to(self, user, permission):
        """Whoever sees the request sees what was handed in with it."""
        requests = ChangeRequest.objects.visible_to(user, permission).order_by().values("pk")
        return self.filter(request__in=requests)


class Attachment(models.Model):
    """A picture or PDF handed in with a request; the file lies under MEDIA_ROOT and is served as a download only."""

    request = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="attachments", verbose_name="申请")
    name = models.CharField("文件名", max_length=120)
    file = models.CharField(max_length=200, editable=False)
    kind = models.CharField(max_length=40, editable=False)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField(max_length=64, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    added_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.name

    @property
    def office_id(self) -> int:
        return self.request.office_id
