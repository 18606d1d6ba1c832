"""The files that people upload for an import."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from heating.imports.states import BatchState
from heating.jobs.models import Job
from heating.kit.scope import Handles, ScopedQuerySet


class BatchQuerySet(ScopedQuerySet):
    handles = Handles(office=("office_id",), author=("created_by_id",))

    def visible_to(self, user: Any, permission: str) -> Self:
        """Also one's own files, whatever the scope: a file has no place in a 辖区, and its sender goes on with it."""
        if not user.has_perm(permission):
            return self.none()
        # The two kinds of condition are joined by ids, as those of a scope may hold sub-queries.
        mine = super().visible_to(user, permission).order_by().values("pk")
        return self.filter(Q(pk__in=mine) | Q(created_by=user))


class Batch(models.Model):
    """One uploaded file on its way through upload, check and commit.

    `file_hash` is the SHA-256 of its bytes, by which the same file is recognised. `counts` holds the outcomes of the
    check (ok, warn, error, skipped) and the actions. `company_id` and `office_id` are offices (org stands further
    right). Files are paths below MEDIA_ROOT.
    """

    kind = models.CharField("类型", max_length=40)
    state = models.CharField("状态", max_length=12, choices=BatchState, default=BatchState.UPLOADED)
    company_id = models.BigIntegerField("公司")
    office_id = models.BigIntegerField("机构", db_index=True)
    file_name = models.CharField("文件名", max_length=200)
    file_hash = models.CharField("文件摘要", max_length=64)
    file = models.CharField("文件", max_length=200)
    error_file = models.CharField("错误文件", max_length=200, blank=True)
    options = models.JSONField("选项", default=dict, encoder=DjangoJSONEncoder)
    counts = models.JSONField("统计", default=dict, encoder=DjangoJSONEncoder)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="batches", verbose_name="任务")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="上传人"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    committed_at = models.DateTimeField("导入时间", null=True)
    undone_at = models.DateTimeField("撤销时间", null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        default_permissions = ("view",)
        ordering = ["-id"]
        indexes = [models.Index(fields=["company_id", "kind", "file_hash"], name="batch_same_file")]

    def __str__(self) -> str:
        return f"{self.file_name} #{self.pk}"
