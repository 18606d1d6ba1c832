"""What is true of this database as a whole."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Installation(models.Model):
    """The one row that says what this database is for and with which FIELD_KEY it is written.

    `demo`: made by the demonstration, with published passwords. `key_check`: a keyed hash of a constant, by which
    another FIELD_KEY is recognised before anything is encrypted with it.
    """

    demo = models.BooleanField("演示数据库", default=False)
    key_check = models.CharField("密钥校验值", max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "系统信息"
        default_permissions = ()
        permissions = [("view_system_status", "查看系统状态")]
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="installation_one_row")]

    def __str__(self) -> str:
        return "演示" if self.demo else "正式"
