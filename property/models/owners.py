"""业主."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from heating.kit.scope import Handles, ScopedQuerySet, scope_condition
from org.models import Office
from property.models.history import remember
from property.states import OwnerKind, Relief


class OwnerQuerySet(ScopedQuerySet):
    handles = Handles(office=("office_id",), author=("created_by_id", "user_id"))
    rooms_handles = Handles(community=("community_id",), building=("building_id",))

    def visible_to(self, user, permission):
        """Owners of the office, one's own, those with a room in the overseen area, and one's own without any room."""
        scope = user.scope(permission)
        if scope.everything:
            return self.all()
        condition = scope_condition(scope, self.handles) or Q()
        if scope.communities or scope.buildings:
            rooms = self.model._meta.get_field("rooms").related_model._base_manager
            overseen = rooms.filter(scope_condition(scope, self.rooms_handles)).values("owner_id")
            housed = rooms.filter(owner_id=models.OuterRef("pk"))
            condition |= Q(pk__in=overseen) | (Q(created_by_id=scope.user_id) & ~models.Exists(housed))
        return self.filter(condition) if condition else self.none()


@remember()
class Owner(models.Model):
    """业主: a household (私户) or an organisation (公户). Adding is direct, changing goes through a ChangeRequest.

    The relief type counts only inside its validity (empty = open). `id_cipher` holds the encrypted ID number,
    `id_hash` its keyed hash for search, `id_tail` the last four characters for masked display.
    """

    company = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="公司", db_index=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="所属机构")
    number = models.CharField("业主编号", max_length=20)
    name = models.CharField("用户姓名", max_length=60)
    phone = models.CharField("联系电话", max_length=20)
    phone2 = models.CharField("备用电话", max_length=20, blank=True)
    kind = models.CharField("用户类型", max_length=10, choices=OwnerKind, default=OwnerKind.PRIVATE)
    relief = models.CharField("优抚类型", max_length=20, default=Relief.NONE)
    relief_from = models.DateField("优抚有效期起", null=True, blank=True)
    relief_to = models.DateField("优抚有效期止", null=True, blank=True)
    id_kind = models.CharField("证件类型", max_length=20, blank=True)
    id_cipher = models.TextField(blank=True, editable=False)
    id_hash = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    id_tail = models.CharField(max_length=4, blank=True, editable=False)
    org_name = models.CharField("单位名称", max_length=100, blank=True)
    tax_no = models.CharField("税号", max_length=30, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)
    active = models.BooleanField("启用", default=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="owner", verbose_name="手机端账号"
    )
    batch_id = models.BigIntegerField("导入批次", null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = OwnerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "业主"
        ordering = ["-id"]
        permissions = [
            ("import_owner", "导入业主"),
            ("request_owner_change", "申请业主变更"),
            ("view_sensitive", "查看敏感信息"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="owner_number_once"),
            models.UniqueConstraint(
                fields=["company", "name", "phone"], name="owner_once", violation_error_message="已有同名同电话的业主"
            ),
            models.CheckConstraint(
                condition=Q(relief_from__isnull=True)
                | Q(relief_to__isnull=True)
                | Q(relief_from__lte=models.F("relief_to")),
                name="owner_relief_dates",
                violation_error_message="优抚有效期止不能早于起",
            ),
        ]
        indexes = [models.Index(fields=["phone"], name="owner_phone", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.name
