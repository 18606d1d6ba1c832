"""Adding and editing owners, places and rooms; the owner's page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import User
from heating.kit.pages import Action, ConfirmPage, DetailPage, FormPage, Section
from heating.kit.tables import AreaColumn, Column, DateColumn, MaskedColumn, Table
from property import forms
from property.models import Building, Community, Owner, Room, Unit
from property.services import owners, places, rooms

PLACES = (("基础信息管理", ""), ("小区基础信息", ""))


class OwnerAdd(FormPage):
    """新增业主: effective at once."""

    title, permission, form_class = "新增业主", "property.add_owner", forms.OwnerForm
    crumbs = (("基础信息管理", ""), ("业主信息", "billing:owner-list"))
    success = "业主已添加"

    def perform(self, form: Any) -> Owner:
        return owners.add_owner(form.cleaned_data, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("billing:owner-list")


class RoomTable(Table):
    """The owner's rooms."""

    account_no = Column("缴费账号", link="reports:room-detail")
    address = Column("地址", width=30)
    floor_area = AreaColumn("建筑面积")
    heat_state = Column("供热状态")


class OwnerDetail(DetailPage):
    """One owner as the register knows him; reports.register adds what he was billed and paid."""

    permission, model = "property.view_owner", Owner
    queryset = Owner.objects.select_related("office", "created_by")
    crumbs = (("基础信息管理", ""), ("业主信息", "billing:owner-list"))
    sections = (
        Section(
            "业主",
            facts=(
                Column("业主编号", "number"),
                Column("用户姓名", "name"),
                MaskedColumn("联系电话", "phone"),
                MaskedColumn("备用电话", "phone2"),
                Column("用户类型", "kind"),
                Column("优抚类型", lambda o: dict(forms.reliefs()).get(o.relief, o.relief)),
                DateColumn("优抚有效期起", "relief_from"),
                DateColumn("优抚有效期止", "relief_to"),
                Column("证件类型", "id_kind"),
                Column("证件号码", lambda o: f"****{o.id_tail}" if o.id_tail else ""),
                Column("单位名称", "org_name"),
                Column("税号", "tax_no"),
                Column("所属机构", "office.name"),
                Column("备注", "note"),
                Column("添加人", "created_by.name"),
                Column("添加时间", "created_at"),
            ),
        ),
        Section(
            "户室",
            table=RoomTable,
            rows=lambda owner: Room.objects.filter(owner=owner),
            permission="property.view_room",
        ),
    )
    actions = (
        Action("变更记录", "property:owner-history", "property.view_owner"),
        Action("查看敏感信息", "property:owner-reveal", "property.view_sensitive", post=True),
        Action("停用", "property:owner-active", "property.delete_owner", when=lambda o: o.active),
        Action("启用", "property:owner-active", "property.delete_owner", when=lambda o: not o.active),
        Action("删除", "property:owner-delete", "property.delete_owner", style="outline-danger"),
    )


class OwnerActive(ConfirmPage):
    """停用 and 启用."""

    title, permission, model = "停用与启用", "property.delete_owner", Owner
    queryset, crumbs = Owner.objects.all(), (("基础信息管理", ""), ("业主信息", "billing:owner-list"))

    def get_question(self) -> str:
        return f"{'停用' if self.object.active else '启用'}业主“{self.object}”？"

    def perform(self, form: Any) -> Owner:
        return owners.switch_owner(self.object.pk, actor=self.request.user)

    def back_url(self) -> str:
        return reverse("billing:owner-list")


class OwnerDelete(OwnerActive):
    title, danger, success = "删除业主", True, "已删除"

    def get_question(self) -> str:
        return f"删除业主“{self.object}”？只有没有户室、合同和订单的业主可以删除。"

    def perform(self, form: Any) -> None:
        owners.delete_owner(self.object.pk, actor=self.request.user)


class ScopedFormPage(FormPage):
    """A form whose choices depend on the user, and which draws itself anew when a place above is chosen."""

    submit, back = "确定", ""

    def form_options(self) -> dict[str, Any]:
        return {"user": self.request.user}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
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


class RoomAdd(ScopedFormPage):
    title, permission, form_class = "户室信息添加", "property.add_room", forms.RoomForm
    template = "property/cascade.html"
    crumbs, success = PLACES, "户室已添加"
    back = "billing:room-list"

    def perform(self, form: Any) -> Room:
        data = form.cleaned_data.copy()
        for place in ("community", "building"):
            data.pop(place)
        return rooms.add_room(data, actor=self.request.user)


class PlaceEdit(ScopedFormPage):
    """编辑 of a place: the fields of its add form that may change."""

    crumbs, success = PLACES, "已保存"
    keys: ClassVar[tuple[str, ...]] = ()

    def initial(self) -> dict[str, Any]:
        return {key: getattr(self.object, key) for key in self.keys}

    def build_form(self, data: Any = None, files: Any = None) -> Any:
        form = super().build_form(data, files)
        if manager := getattr(self.object, "manager_id", None):
            # Whoever stands there stays a choice, also when he has left.
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
