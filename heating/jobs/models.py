"""Long work: the queue of jobs."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from heating.jobs.states import LIVE, JobState
from heating.kit.scope import Handles, ScopedQuerySet


class JobQuerySet(ScopedQuerySet):
    handles = Handles(office=("office_id",), author=("created_by_id",))

    def live(self) -> Self:
        """Return the jobs that wait or run."""
        return self.filter(state__in=LIVE)

    def news_for(self, user: Any) -> Self:
        """Return the user's jobs that ended and that the user has not looked at since: the bell."""
        return self.filter(created_by=user, seen_at=None).exclude(state__in=LIVE)

    def for_person(self, user: Any, permission: str = "jobs.view_all_job") -> Self:
        """Return the user's own jobs, and those of others that the user may look into, or cancel."""
        others = self.visible_to(user, permission).order_by().values("pk")
        return self.filter(Q(created_by=user) | Q(pk__in=others))


class Job(models.Model):
    """One piece of long work, done by a worker process (`manage.py worker`).

    `kind` names a function registered with `@job_kind`; `args` are its keyword arguments. `run_at` is when it is due.
    `attempts` counts its starts, so that a job that kills its worker does not come back for ever. `key` is unique:
    enqueuing the same key again gives the job that is already there. Files are paths below MEDIA_ROOT.
    """

    kind = models.CharField("类型", max_length=60)
    title = models.CharField("任务", max_length=120)
    args = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.QUEUED)
    office_id = models.BigIntegerField("机构", null=True, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="发起人"
    )
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    run_at = models.DateTimeField("计划时间")
    started_at = models.DateTimeField("开始时间", null=True)
    finished_at = models.DateTimeField("结束时间", null=True)
    seen_at = models.DateTimeField("查看时间", null=True)
    attempts = models.PositiveSmallIntegerField("执行次数", default=0)
    max_attempts = models.PositiveSmallIntegerField("最多执行次数", default=3)
    done = models.BigIntegerField("已处理", default=0)
    total = models.BigIntegerField("总数", default=0)
    step = models.CharField("当前步骤", max_length=120, blank=True)
    cancel_requested = models.BooleanField("已要求取消", default=False)
    result = models.JSONField("结果", null=True, encoder=DjangoJSONEncoder)
    result_file = models.CharField("结果文件", max_length=200, blank=True)
    error_file = models.CharField("错误文件", max_length=200, blank=True)
    error = models.CharField("失败原因", max_length=500, blank=True)
    traceback = models.TextField("错误详情", blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        default_permissions = ("view",)
        permissions = [("view_all_job", "查看他人的后台任务"), ("cancel_all_job", "取消他人的后台任务")]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["run_at", "id"], name="job_waiting", condition=Q(state=JobState.QUEUED)),
            models.Index(fields=["id"], name="job_running", condition=Q(state=JobState.RUNNING)),
            models.Index(fields=["created_by", "-id"], name="job_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.title} #{self.pk}"
