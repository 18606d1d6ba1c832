"""变更记录 of an owner and of a room."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse

from heating.kit.fields import DayField
from heating.kit.pages import Page, StaffRequest
from heating.kit.privacy import masked_for
from property.models import Owner, Room
from property.queries import as_of, timeline


class DayForm(forms.Form):
    """截至 a day."""

    on = DayField(label="截至", required=False)


class History(Page):
    """变更记录 of one row, and the row as of the end of a past day."""

    template = "property/history.html"
    queryset: ClassVar[Any] = None
    facts: ClassVar[tuple[str, ...]] = ()
    crumbs = (("基础信息管理", ""),)

    def get(self, request: StaffRequest, pk: int) -> HttpResponse:
        self.object = self.fetch(self.queryset.all(), pk)
        form = DayForm({"on": request.GET.get("on", "").replace("\x00", "")})
        day = form.cleaned_data["on"] if form.is_valid() else None
        steps = [(step, [self.labelled(*change) for change in step.changes]) for step in timeline(self.object)]
        return self.show(object=self.object, form=form, day=day, steps=steps, past=self.past(day) if day else None)

    def get_title(self) -> str:
        return f"{self.object} 变更记录"

    def past(self, day: date) -> list[tuple[str, str]]:
        """Return (label, value) of the row as it stood at the end of the day; nothing before it existed."""
        row = as_of(self.object, day)
        found = []
        for name in self.facts if row else ():
            display = getattr(row, f"get_{name}_display", None)
            value = display() if display else getattr(row, name)
            found.append((str(row._meta.get_field(name).verbose_name), self.shown(value, name.startswith("phone"))))
        return found

    def labelled(self, label: str, before: Any, after: Any, sensitive: bool) -> tuple[str, str, str]:
        return label, self.shown(before, sensitive), self.shown(after, sensitive)

    def shown(self, value: Any, sensitive: bool) -> str:
        if isinstance(value, bool):
            return "是" if value else "否"
        text = "" if value is None else str(value)
        return masked_for(self.request.user, text) if sensitive else text


class OwnerHistory(History):
    permission, model, queryset = "property.view_owner", Owner, Owner.objects.all()
    crumbs = (("基础信息管理", ""), ("业主信息", "property:owner-list"))
    facts = ("number", "name", "phone", "phone2", "kind", "relief", "relief_from", "relief_to", "org_name", "active")


class RoomHistory(History):
    permission, model = "property.view_room", Room
    queryset = Room.objects.select_related("owner")
    facts = ("account_no", "address", "floor_area", "inner_area", "height", "heat_state", "owner", "meter_no", "note")
