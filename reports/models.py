"""The permissions of the statements, and what the nightly check of the books found."""

from typing import Self

from django.db import models


class Statement(models.Model):
    """Holds the permissions of the statements; it has no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_statement", "查看报表"),
            ("check_books", "账务检查"),
        ]

    def __str__(self) -> str:
        return "报表"


class BooksCheckQuerySet(models.QuerySet):
    def alarms(self) -> Self:
        """Return the latest check when it found something; a check that is well again ends the alarm."""
        latest = self.order_by("-pk").values("pk")[:1]
        return self.filter(pk__in=latest, ok=False)


class BooksCheck(models.Model):
    """One check of all rules and of the chain of seals. `broken`: rule → rows that break it, `faults`: what the seals
    say, `chains`: company → number, digest, time and rows of its last seal, `unsealed`: rows that wait, by table.
    """

    at = models.DateTimeField("时间")
    ok = models.BooleanField("正确")
    rules = models.PositiveIntegerField("规则数")
    broken = models.JSONField("不符的规则", default=dict)
    faults = models.JSONField("封签不符", default=list)
    fault_count = models.PositiveIntegerField("封签不符数", default=0)
    chains = models.JSONField("封签", default=dict)
    unsealed = models.JSONField("未封签", default=dict)
    seconds = models.PositiveIntegerField("用时(秒)", default=0)

    objects = BooksCheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "账务检查"
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
