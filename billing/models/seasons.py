"""采暖季."""

from django.db import models
from django.db.models import F, Q

from billing.states import SeasonState
from heating.kit.scope import Handles, ScopedQuerySet
from org.models import Office


class SeasonQuerySet(ScopedQuerySet):
    handles = Handles(office=("company_id",))

    def current(self, company_id: int) -> "Season | None":
        return self.filter(company_id=company_id, current=True).first()


class Season(models.Model):
    """One heating season of a company; `year` is its first year and the 缴费年度: 2025 for 2025-2026采暖季."""

    company = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="公司")
    year = models.PositiveSmallIntegerField("缴费年度")
    name = models.CharField("采暖季", max_length=20)
    starts_on = models.DateField("供热开始")
    ends_on = models.DateField("供热结束")
    state = models.CharField("状态", max_length=12, choices=SeasonState, default=SeasonState.PREPARING)
    current = models.BooleanField("当前采暖季", default=False)

    objects = SeasonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "采暖季"
        ordering = ["-year"]
        permissions = [("carry_over", "季度结转")]
        constraints = [
            models.UniqueConstraint(fields=["company", "year"], name="season_once"),
            models.UniqueConstraint(fields=["company"], condition=Q(current=True), name="one_current_season"),
            models.CheckConstraint(condition=Q(starts_on__lt=F("ends_on")), name="season_dates"),
            models.CheckConstraint(condition=Q(year__gte=1990, year__lte=2100), name="season_year"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def days(self) -> int:
        """Heating days, both ends included."""
        return (self.ends_on - self.starts_on).days + 1
