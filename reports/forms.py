"""The search fields that statements share: 机构, 采暖季, 时间阶段."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.models import User
from billing.models import Season
from heating.kit.fields import DayField, offer
from org.models import Office

PERIODS = (("total", "合计"), ("day", "按日"), ("month", "按月"))


def choices(pairs: Any) -> list[tuple[str, str]]:
    """Return the choices of a condition that may be left open."""
    return [("", "全部"), *pairs]


class QuestionForm(forms.Form):
    """A question whose choices depend on who asks, and on the permission of the report."""

    def __init__(self, *args: Any, user: User, permission: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.permission = permission
        self.use_required_attribute = False
        self.scope_to(user)

    def scope_to(self, user: User) -> None:
        """Narrow the choices to the user's scope."""


class OfficeQuestion(QuestionForm):
    """机构: those that the report's permission reaches."""

    office = forms.ModelChoiceField(label="机构", required=False, queryset=Office.objects.none(), empty_label="全部")

    def scope_to(self, user: User) -> None:
        offer(self, "office", Office.objects.visible_to(user, self.permission).order_by("path"))


class SeasonQuestion(OfficeQuestion):
    """机构 and 采暖季, at first the current one of the user's company."""

    season = forms.ModelChoiceField(label="采暖季", required=False, queryset=Season.objects.none(), empty_label="全部")

    def scope_to(self, user: User) -> None:
        super().scope_to(user)
        home = user.office.company_id if user.office else None
        offices = Office.objects.visible_to(user, self.permission)
        offer(self, "season", Season.objects.filter(Q(company_id=home) | Q(company__in=offices)))
        self.fields["season"].initial = Season.objects.current(home)


class PeriodQuestion(OfficeQuestion):
    """机构, 时间阶段 and whether to sum up by day or month."""

    since = DayField(label="时间阶段从", required=False)
    until = DayField(label="时间阶段到", required=False)
    period = forms.ChoiceField(label="汇总方式", required=False, choices=PERIODS, initial="total")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise ValidationError("时间阶段的起不能晚于止")
        return data
