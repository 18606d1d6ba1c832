"""The pages of 小区, 楼幢 and 单元: adding, editing, deleting, 迁移, 停用."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse

from accounts.models import User
from billing.services.places import TARGETS, load_of, move_place, switch_place
from heating.kit.pages import ConfirmPage, FormPage, StaffRequest
from property.forms import places as forms
from property.models import Building, Community, Unit
from property.services import places

PLACES = (("基础信息管理", ""), ("小区基础信息", ""))


class ScopedFormPage(FormPage):
    """A form whose choices depend on the user, and which draws itself anew when a place above is chosen."""

    submit, back = "确定", ""

    def form_options(self) -> dict[str, Any]:
        return {"user": self.request.user}

    def post(self, request: StaffRequest, **kwargs: Any) -> HttpResponse:
        if request.POST.get("refresh"):
            self.setup_object()
            form = self.form_class(initial=request.POST.dict(), **self.form_options())
            return self.show(form=form, **self.extra())
        return super().post(request, **kwargs)

    def back_url(self) -> str:
        return reverse(self.back)


class CommunityAdd(ScopedFormPage):
    title, permission, form_class = "小区信息添加", "property.add_community", forms.CommunityForm
    crumbs, back, success = PLACES, "property:community-list", "小区已添加"

    def perform(self, form: Any) -> Community:
        return places.add_community(form.cleaned_data, actor=self.request.user)


class BuildingAdd(ScopedFormPage):
    title, permission, form_class = "楼幢信息添加", "property.add_building", forms.BuildingForm
    crumbs, back, success = PLACES, "property:building-list", "楼幢已添加"

    def perform(self, form: Any) -> Building:
        return places.add_building(form.cleaned_data, actor=self.request.user)


class UnitAdd(ScopedFormPage):
    title, permission, form_class = "单元信息添加", "property.add_unit", forms.UnitForm
    template = "property/cascade.html"
    crumbs, back, success = PLACES, "property:unit-list", "单元已添加"

    def perform(self, form: Any) -> Unit:
        return places.add_unit(form.cleaned_data, actor=self.request.user)


class PlaceEdit(ScopedFormPage):
    """编辑 of a place: the fields of its add form that may change."""

    crumbs, success = PLACES, "已保存"
    keys: ClassVar[tuple[str, ...]] = ()

    def initial(self) -> dict[str, Any]:
        return {key: getattr(self.object, key) for key in self.keys}

    def build_form(self, data: Any = None, files: Any = None) -> Any:
        form = super().build_form(data, files)
        if manager := getattr(self.object, "manager_id", None):
            # Whoever stands there stays a choice, also after leaving.
            form.fields["manager"].queryset |= User.objects.filter(pk=manager)
        for name in set(form.fields) - set(self.keys):
            del form.fields[name]
        return form

    def perform(self, form: Any) -> Any:
        return places.edit_place(self.model, self.object.pk, form.cleaned_data, actor=self.request.user)


class CommunityEdit(PlaceEdit):
    title, permission, form_class = "编辑小区", "property.change_community", forms.CommunityForm
    model, queryset, back = Community, Community.objects.all(), "property:community-list"
    keys = ("name", "code", "address", "heat_station", "manager", "note")


class BuildingEdit(PlaceEdit):
    title, permission, form_class = "编辑楼幢", "property.change_building", forms.BuildingForm
    model, queryset, back = Building, Building.objects.all(), "property:building-list"
    keys = ("name", "floors", "built_year", "system", "note")


class UnitEdit(PlaceEdit):
    title, permission, form_class = "编辑单元", "property.change_unit", forms.UnitForm
    model, queryset, back = Unit, Unit.objects.all(), "property:unit-list"
    keys = ("name",)


class PlaceDelete(ConfirmPage):
    """删除 of an unused place."""

    danger, success, crumbs, back = True, "已删除", PLACES, ""

    def get_question(self) -> str:
        return f"删除“{self.object}”？"

    def perform(self, form: Any) -> None:
        places.delete_place(self.model, self.object.pk, actor=self.request.user)

    def back_url(self) -> str:
        return reverse(self.back)


class CommunityDelete(PlaceDelete):
    title, permission, model = "删除小区", "property.delete_community", Community
    queryset, back = Community.objects.all(), "property:community-list"


class BuildingDelete(PlaceDelete):
    title, permission, model = "删除楼幢", "property.delete_building", Building
    queryset, back = Building.objects.all(), "property:building-list"


class UnitDelete(PlaceDelete):
    title, permission, model = "删除单元", "property.delete_unit", Unit
    queryset, back = Unit.objects.all(), "property:unit-list"


class PlaceMove(ScopedFormPage):
    """Choose where a place goes, having seen what goes along."""

    crumbs, template, success = PLACES, "property/move.html", "已迁移"

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
