"""Form fields and search conditions that choose offices, for the forms and lists of every app."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import Q

from org.models import Office, OfficeKind


class OfficeChoice(forms.ModelChoiceField):
    """An office, indented by its place in the tree."""

    def label_from_instance(self, office: Office) -> str:
        return "　" * (office.path.count("/") - 2) + office.name


class OfficesChoice(forms.ModelMultipleChoiceField):
    """Offices to tick, each with the one above it (东城收费站/收费组), because two departments may have one name."""

    widget = forms.CheckboxSelectMultiple

    @cached_property
    def above(self) -> dict[int, str]:
        """The names that may stand before another's: only offices that are offered too, and no companies."""
        return dict(self.queryset.exclude(kind=OfficeKind.COMPANY).values_list("pk", "name"))

    def label_from_instance(self, office: Office) -> str:
        name = self.above.get(office.parent_id)
        return f"{name}/{office.name}" if name else office.name


class OfficeFilter(django_filters.ModelChoiceFilter):
    """机构 with everything below it; the choices are the offices that the page's permission reaches."""

    def __init__(self, *, field_names: tuple[str, ...], permission: str, label: str = "机构", **options: Any):
        super().__init__(label=label, queryset=_reached_by(permission), empty_label="全部", **options)
        self.field_names = field_names

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        below = type(value).objects.below(value).values("pk")
        condition = Q()
        for name in self.field_names:
            condition |= Q(**{f"{name}__in": below})
        return qs.filter(condition)


def _reached_by(permission: str) -> Callable[[Any], Any]:
    """Return the offices that a permission reaches, as django-filter wants them: a function of the request."""
    return lambda request: Office.objects.visible_to(request.user, permission).order_by("path")
