"""Form fields that choose offices, for the forms of every app."""

from __future__ import annotations

from functools import cached_property

from django import forms

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
