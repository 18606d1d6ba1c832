"""小区明细统计: 小区 → 楼幢 → 单元 → 户室."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, F, Q, Sum

from accounts.models import User
from billing.models import Order
from billing.states import Line, OrderState, ProductKind
from heating.kit.money import ZERO
from heating.kit.tables import AreaColumn, Column, MoneyColumn, NumberColumn, PercentColumn
from reports.forms import SeasonQuestion, choices
from reports.places import PlaceReport, PlaceTable
from reports.queries import narrow, ratio

PAID = Q(state=OrderState.PAID)
LOOKUPS = {
    "name": "community__name__icontains",
    "building_name": "building__name__icontains",
    "unit_name": "room__unit__name__icontains",
    "season": "season",
    "kind": "product_kind",
}


class CommunityQuestion(SeasonQuestion):
    """小区名称, 楼幢, 单元, 采暖季, 机构, 产品类型."""

    field_order = ("name", "building_name", "unit_name", "season", "office", "kind")
    name = forms.CharField(label="小区名称", required=False, max_length=60)
    building_name = forms.CharField(label="楼幢", required=False, max_length=40)
    unit_name = forms.CharField(label="单元", required=False, max_length=40)
    kind = forms.ChoiceField(label="产品类型", required=False, choices=choices(ProductKind.choices))


class CommunityTable(PlaceTable):
    """Areas in ㎡, amounts in 元; a room counts as paid when every order of it is settled."""

    name = Column("小区", width=24)
    rooms = NumberColumn("户数", total=True)
    area = AreaColumn("计费面积", total=True)
    principal = MoneyColumn("应缴金额", total=True)
    paid = MoneyColumn("已缴金额", total=True)
    arrears = MoneyColumn("欠费金额", total=True)
    late = MoneyColumn("应计滞纳金", total=True)
    late_paid = MoneyColumn("已缴滞纳金", total=True)
    discount = MoneyColumn("优惠", total=True)
    relief = MoneyColumn("优抚减免", total=True)
    vacant = NumberColumn("空房户数", total=True)
    paid_rooms = NumberColumn("已缴户数", lambda row: row.rooms - row.open_rooms, total=True)
    rate = PercentColumn("收缴率", lambda row: ratio(row.paid, row.principal), total=True)
    area_rate = PercentColumn("面积收费率", lambda row: ratio(row.paid_area, row.area), total=True)
    room_rate = PercentColumn("收户率", lambda row: ratio(row.rooms - row.open_rooms, row.rooms), total=True)


class Communities(PlaceReport):
    """What is owed, paid and open, by place; every parent is the sum of its children."""

    code, title, order = "communities", "小区明细统计", 20
    question, table = CommunityQuestion, CommunityTable
    sums = {
        "rooms": Count("room_id", distinct=True),
        "area": Sum("charge_area", default=ZERO),
        "principal": Sum("principal", default=ZERO),
        "paid": Sum("paid", default=ZERO),
        "arrears": Sum("arrears", default=ZERO),
        "late": Sum("late_accrued", default=ZERO),
        "late_paid": Sum("late_paid", default=ZERO),
        "discount": Sum("discount", default=ZERO),
        "relief": Sum(F("standard_fee") - F("line_amount"), filter=Q(line=Line.RELIEF), default=ZERO),
        "vacant": Count("room_id", distinct=True, filter=Q(line=Line.VACANCY)),
        "paid_area": Sum("charge_area", filter=PAID, default=ZERO),
        "open_rooms": Count("room_id", distinct=True, filter=~PAID),
    }

    def found(self, user: User, asked: dict[str, Any]) -> Any:
        orders = Order.objects.visible_to(user, self.permission).alive()
        return narrow(orders, asked, LOOKUPS, offices=("office_id",))
