"""迁移, 停用 and 启用 of 小区, 楼幢 and 单元: pages that know what is billed there."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse

from billing.forms import moves as forms
from billing.services.places import TARGETS, load_of, move_place, switch_place
from heating.kit.pages import ConfirmPage
from property.models import Building, Community, Unit
from property.views.entry import PLACES, ScopedFormPage


class PlaceMove(ScopedFormPage):
    """Choose where a place goes, having seen what goes along."""

    crumbs, template, success = PLACES, "billing/move.html", "已迁移"

    def initial(self) -> dict[str, Any]:
        return {}

    def extra(self) -> dict[str, Any]:
        column = TARGETS[self.model][1]
        return {"place": self.object, "now": getattr(self.object, column), "load": load_of(self.object)}

    def perform(self, form: Any) -> Any:
        return move_place(self.model, self.object.pk, form.cleaned_data["target"].pk, actor=self.request.user)


class CommunityMove(PlaceMove):
    title, permission, form_class = "小区迁移到其他机构", "property.change_community", forms.CommunityMoveForm
    model, queryset, back = Community, Community.objects.select_related("office"), "property:community-list"


class BuildingMove(PlaceMove):
    title, permission, form_class = "楼幢迁移到其他小区", "property.change_building", forms.BuildingMoveForm
    model, queryset, back = Building, Building.objects.select_related("community"), "property:building-list"


class UnitMove(PlaceMove):
    title, permission, form_class = "单元迁移到其他楼幢", "property.change_unit", forms.UnitMoveForm
    model, queryset, back = Unit, Unit.objects.select_related("building__community"), "property:unit-list"

    def initial(self) -> dict[str, Any]:
        return {"community": self.object.building.community_id}


class PlaceActive(ConfirmPage):
    """停用 of a place that is not deleted because it has been used, and 启用."""

    title, crumbs = "停用与启用", PLACES
    back: ClassVar[str] = ""

    def get_question(self) -> str:
        if not self.object.active:
            return f"启用“{self.object}”？"
        return f"停用“{self.object}”？停用后不能再在其中添加或导入，已有的户室、账单和欠费仍可查询和收缴。"

    def perform(self, form: Any) -> Any:
        return switch_place(self.model, self.object.pk, actor=self.request.user)

    def back_url(self) -> str:
        return reverse(self.back)


class CommunityActive(PlaceActive):
    permission, model = "property.change_community", Community
    queryset, back = Community.objects.all(), "property:community-list"


class BuildingActive(PlaceActive):
    permission, model = "property.change_building", Building
    queryset, back = Building.objects.select_related("community"), "property:building-list"


class UnitActive(PlaceActive):
    permission, model = "property.change_unit", Unit
    queryset, back = Unit.objects.select_related("building__community"), "property:unit-list"
