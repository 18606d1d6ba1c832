"""A whole building at once, and the tree 小区 → 楼幢 → 单元 → 户室."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse

from heating.kit.errors import Refusal
from heating.kit.pages import FormPage, Page, StaffRequest
from property.forms.rooms import WholeBuildingForm
from property.models import Building, Community, Room, Unit
from property.queries import counted
from property.services import rooms

CRUMBS = (("基础信息管理", ""), ("小区基础信息", ""))
SHOWN = 100  # communities on one page
ROOMS = 200  # rooms shown of a unit


class WholeBuilding(FormPage):
    """批量建楼, with a preview of the numbering before anything is made."""

    title, permission, form_class = "批量建楼", "property.add_building", WholeBuildingForm
    template, crumbs = "property/bulk.html", CRUMBS
    submit, success = "确定", "楼幢、单元和户室已添加"

    def form_options(self) -> dict[str, Any]:
        return {"user": self.request.user}

    def post(self, request: StaffRequest, **kwargs: Any) -> HttpResponse:
        if not request.POST.get("preview"):
            return super().post(request, **kwargs)
        form, plan = self.build_form(request.POST), []
        if form.is_valid():
            try:
                plan = rooms.plan_building(form.cleaned_data)
            except Refusal as refusal:
                form.add_error(refusal.field, refusal.sentence)
        return self.show(form=form, plan=plan, shown=[*plan[:8], *plan[8:][-4:]])

    def perform(self, form: Any) -> Building:
        return rooms.add_whole_building(form.cleaned_data, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("property:building-list")


class PlaceTree(Page):
    """小区 → 楼幢 → 单元 → 户室 with counts; one branch is open at a time, by plain links."""

    title, permission, template, crumbs = "小区结构", "property.view_community", "property/tree.html", CRUMBS

    def get(self, request: StaffRequest) -> HttpResponse:
        word = request.GET.get("name", "").replace("\x00", "")[:60].strip()
        visible = Community.objects.visible_to(request.user, self.permission).filter(name__icontains=word)
        number = min(max(self.chosen("page"), 1), 1000)
        pks = list(visible.values_list("pk", flat=True)[(number - 1) * SHOWN : number * SHOWN + 1])
        found = Community.objects.filter(pk__in=pks[:SHOWN]).select_related("office")
        found = found.annotate(rooms_below=counted(Room, "community"), below=counted(Building, "community"))
        opened = {level: self.chosen(level) for level in ("community", "building", "unit")}
        pages = {"number": number, "more": len(pks) > SHOWN}
        return self.show(name=word, communities=found, opened=opened, **pages, **self.branch(opened))

    def chosen(self, level: str) -> int:
        text = self.request.GET.get(level, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0

    def branch(self, opened: dict[str, int]) -> dict[str, Any]:
        """Return the children of what is open; each level in the scope of its own permission."""
        user = self.request.user
        found: dict[str, Any] = {}
        if opened["community"] and user.has_perm("property.view_building"):
            rows = Building.objects.visible_to(user, "property.view_building").filter(community=opened["community"])
            found["buildings"] = rows.annotate(rooms_below=counted(Room, "building"), below=counted(Unit, "building"))
        if opened["building"] and user.has_perm("property.view_unit"):
            here = Q(building=opened["building"], building__community=opened["community"])
            rows = Unit.objects.visible_to(user, "property.view_unit").filter(here)
            found["units"] = rows.annotate(rooms_below=counted(Room, "unit"))
        if opened["unit"] and user.has_perm("property.view_room"):
            rows = Room.objects.visible_to(user, "property.view_room").filter(unit=opened["unit"])
            found["rooms"] = rows.select_related("owner")[:ROOMS]
        return found
