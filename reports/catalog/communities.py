"""小区明细统计: 小区 → 楼幢 → 单元 → 户室."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, F, Q, Sum
from django.utils.http import urlencode

from accounts.models import User
from billing.models import Order, Season
from billing.states import Line, OrderState, ProductKind
from heating.kit.fields import offer
from heating.kit.money import ZERO
from heating.kit.tables import AreaColumn, Cell, Column, MoneyColumn, NumberColumn, PercentColumn, Table
from org.models import Office
from property.models import Building, Community, Unit
from reports.base import Answer, QuestionForm, Report


@dataclass(frozen=True)
class Level:
    """One level of the drill-down: how orders group, what the row shows, which key opens the next level."""

    code: str
    label: str
    key: str
    name: str
    sort: str
    opens: str


LEVELS = {
    "community": Level("community", "小区", "community_id", "community__name", "community__sort_key", "community"),
    "building": Level("building", "楼幢", "building_id", "building__name", "building__sort_key", "building"),
    "unit": Level("unit", "单元", "room__unit_id", "room__unit__name", "room__unit__sort_key", "unit"),
    "room": Level("room", "户室", "room_id", "room__number", "room__sort_key", ""),
}
PAID = Q(state=OrderState.PAID)
RELIEF = Q(line=Line.RELIEF)
SUMS = {
    "rooms": Count("room_id", distinct=True),
    "area": Sum("charge_area", default=ZERO),
    "principal": Sum("principal", default=ZERO),
    "paid": Sum("paid", default=ZERO),
    "arrears": Sum("arrears", default=ZERO),
    "late": Sum("late_accrued", default=ZERO),
    "late_paid": Sum("late_paid", default=ZERO),
    "discount": Sum("discount", default=ZERO),
    "relief": Sum(F("standard_fee") - F("line_amount"), filter=RELIEF, default=ZERO),
    "vacant": Count("room_id", distinct=True, filter=Q(line=Line.VACANCY)),
    "paid_area": Sum("charge_area", filter=PAID, default=ZERO),
    "open_rooms": Count("room_id", distinct=True, filter=~PAID),
}


class CommunityQuestion(QuestionForm):
    """小区名称, 楼幢, 单元, 采暖季, 机构, 产品类型."""

    name = forms.CharField(label="小区名称", required=False, max_length=60)
    building_name = forms.CharField(label="楼幢", required=False, max_length=40)
    unit_name = forms.CharField(label="单元", required=False, max_length=40)
    season = forms.ModelChoiceField(label="采暖季", required=False, queryset=Season.objects.none(), empty_label="全部")
    office = forms.ModelChoiceField(label="机构", required=False, queryset=Office.objects.none(), empty_label="全部")
    kind = forms.ChoiceField(label="产品类型", required=False, choices=[("", "全部"), *ProductKind.choices])

    def scope_to(self, user: User) -> None:
        home = user.office.company_id if user.office else None
        offices = Office.objects.visible_to(user, self.permission)
        seasons = Season.objects.filter(Q(company_id=home) | Q(company__in=offices))
        offer(self, "season", seasons)
        self.fields["season"].initial = Season.objects.current(home)
        offer(self, "office", offices.order_by("path"))


@dataclass(frozen=True)
class CommunityRow:
    """Sums of the living orders of one place; areas in ㎡, amounts in 元. arrears = principal − paid."""

    pk: int
    name: str
    rooms: int
    area: Decimal
    principal: Decimal
    paid: Decimal
    arrears: Decimal
    late: Decimal
    late_paid: Decimal
    discount: Decimal
    relief: Decimal
    vacant: int
    paid_area: Decimal
    open_rooms: int

    @property
    def paid_rooms(self) -> int:
        """Rooms of which every order is settled."""
        return self.rooms - self.open_rooms

    @property
    def rate(self) -> Decimal | None:
        """收缴率."""
        return self.paid / self.principal if self.principal else None

    @property
    def area_rate(self) -> Decimal | None:
        """面积收费率."""
        return self.paid_area / self.area if self.area else None

    @property
    def room_rate(self) -> Decimal | None:
        """收户率."""
        return Decimal(self.paid_rooms) / self.rooms if self.rooms else None


class CommunityTable(Table):
    """The columns of 小区明细统计."""

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
    paid_rooms = NumberColumn("已缴户数", total=True)
    rate = PercentColumn("收缴率", total=True)
    area_rate = PercentColumn("面积收费率", total=True)
    room_rate = PercentColumn("收户率", total=True)

    def __init__(self, user: User, level: Level = LEVELS["community"], query: str = "") -> None:
        super().__init__(user)
        self.level, self.query = level, query
        head = Column(level.label, "name", width=24)
        head.name = "name"
        self.columns = (head, *type(self).columns[1:])

    def cell(self, column: Column, row: Any, pk: Any) -> Cell:
        """Link the name to the next level (穿透)."""
        shown = super().cell(column, row, pk)
        if column.name != "name" or not self.level.opens:
            return shown
        href = "?" + "&".join(filter(None, (self.query, urlencode({self.level.opens: pk}))))
        return Cell(shown.text, column, href)


class Communities(Report):
    """What is owed, paid and open, by place; every parent is the sum of its children."""

    code, title, order = "communities", "小区明细统计", 20
    question, table = CommunityQuestion, CommunityTable
    drill = ("community", "building", "unit")

    def answer(self, user: User, **asked: Any) -> Answer:
        orders = narrowed(Order.objects.visible_to(user, self.permission).alive(), asked)
        level, trail = self.level(user, asked)
        rows = (
            orders.order_by().values(level.key, level.name, level.sort).annotate(**SUMS).order_by(level.sort, level.key)
        )
        listed = [CommunityRow(r[level.key], r[level.name], **{k: r[k] for k in SUMS}) for r in rows]
        whole = CommunityRow(0, "", **orders.order_by().aggregate(**SUMS))
        totals = {c.name: c.value(whole) for c in CommunityTable.columns if c.total}
        return Answer(listed, totals, trail, level.code)

    def level(self, user: User, asked: dict[str, Any]) -> tuple[Level, tuple[tuple[str, str], ...]]:
        """Return the level to show and the way back up, for the deepest place that was opened."""
        if asked.get("unit"):
            unit = (
                Unit.objects.visible_to(user, self.permission)
                .select_related("building__community")
                .get(pk=asked["unit"])
            )
            building = unit.building
            return LEVELS["room"], (*_up(building), (unit.name, ""))
        if asked.get("building"):
            building = (
                Building.objects.visible_to(user, self.permission).select_related("community").get(pk=asked["building"])
            )
            return LEVELS["unit"], _up(building)
        if asked.get("community"):
            community = Community.objects.visible_to(user, self.permission).get(pk=asked["community"])
            return LEVELS["building"], ((community.name, urlencode({"community": community.pk})),)
        return LEVELS["community"], ()

    def table_for(self, user: User, answer: Answer, query: str) -> Table:
        return CommunityTable(user, LEVELS[answer.level], query)


def _up(building: Building) -> tuple[tuple[str, str], ...]:
    return (
        (building.community.name, urlencode({"community": building.community_id})),
        (building.name, urlencode({"building": building.pk})),
    )


def narrowed(orders: Any, asked: dict[str, Any]) -> Any:
    """Apply the conditions and the opened place."""
    simple = {
        "name": "community__name__icontains",
        "building_name": "building__name__icontains",
        "unit_name": "room__unit__name__icontains",
        "season": "season",
        "kind": "product_kind",
        "community": "community_id",
        "building": "building_id",
        "unit": "room__unit_id",
    }
    for name, lookup in simple.items():
        if asked.get(name):
            orders = orders.filter(**{lookup: asked[name]})
    if office := asked.get("office"):
        orders = orders.filter(office_id__in=Office.objects.below(office).values("pk"))
    return orders
