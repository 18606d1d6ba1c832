"""The pages of rooms: adding, one room."""

from __future__ import annotations

from typing import Any

from heating.kit.pages import Action, DetailPage, Section
from heating.kit.tables import AreaColumn, Column, MaskedColumn, MoneyColumn
from property.forms.rooms import RoomForm
from property.models import Room
from property.services import rooms
from property.views.places import PLACES, ScopedFormPage
from property.views.sections import money_sections


class RoomAdd(ScopedFormPage):
    title, permission, form_class = "户室信息添加", "property.add_room", RoomForm
    template = "property/cascade.html"
    crumbs, success = PLACES, "户室已添加"
    back = "property:room-list"

    def perform(self, form: Any) -> Room:
        data = form.cleaned_data.copy()
        for place in ("community", "building"):
            data.pop(place)
        return rooms.add_room(data, actor=self.request.user)


class RoomDetail(DetailPage):
    """户室 with contracts, orders of all seasons, payments, requests."""

    permission, model = "property.view_room", Room
    queryset = Room.objects.select_related("owner", "office", "community", "building", "unit", "prepayment")
    crumbs = (("基础信息管理", ""), ("小区基础信息", ""), ("户室列表", "property:room-list"))
    sections = (
        Section(
            "户室",
            facts=(
                Column("缴费账号", "account_no"),
                Column("小区", "community.name"),
                Column("楼幢", "building.name"),
                Column("单元", "unit.name"),
                Column("户室号", "number"),
                Column("业主姓名", "owner.name"),
                MaskedColumn("业主电话", "owner.phone"),
                AreaColumn("建筑面积", "floor_area"),
                AreaColumn("户室面积", "inner_area"),
                AreaColumn("层高", "height"),
                Column("楼层", "floor"),
                Column("供热状态", "heat_state"),
                Column("热表号", "meter_no"),
                MoneyColumn("预存款余额", "prepayment.balance"),
                Column("所属机构", "office.name"),
                Column("备注", "note"),
            ),
        ),
        *money_sections("room"),
    )
    actions = (
        Action("缴费", "payments:till", "payments.take_payment", style="primary"),
        Action("面积变更", "property:room-area", "property.request_room_change"),
        Action("过户", "property:room-transfer", "property.request_room_change"),
        Action("变更记录", "property:room-history", "property.view_room"),
    )

    def get_title(self) -> str:
        return f"户室 {self.object.account_no}"
