"""The shape of a room as people type it, one by one or a whole building at once."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from heating.kit.fields import AreaField, NumberField, offer
from property.fields import NameField, PhoneField
from property.forms.places import CASCADE, BuildingForm, ScopedForm
from property.models import Building, Community, Unit
from property.rules import account_number
from property.states import HeatState


class RoomForm(ScopedForm):
    """户室 in the manual's order."""

    permission = "property.add_room"
    number = NameField(label="户室号或门牌号", max_length=40)
    inner_area = AreaField(label="户室面积", required=False)
    floor_area = AreaField(label="建筑面积")
    account_no = forms.CharField(label="缴费账号", max_length=30)
    community = forms.ModelChoiceField(
        label="小区", queryset=Community.objects.none(), widget=forms.Select(attrs=CASCADE)
    )
    building = forms.ModelChoiceField(
        label="楼幢", queryset=Building.objects.none(), widget=forms.Select(attrs=CASCADE)
    )
    unit = forms.ModelChoiceField(label="单元", queryset=Unit.objects.none())
    owner_name = NameField(label="业主姓名", max_length=60)
    owner_phone = PhoneField(label="业主电话", max_length=30)
    height = NumberField(label="层高", required=False, low=Decimal("2.00"), high=Decimal("30.00"), what="层高")
    floor = forms.IntegerField(label="楼层", required=False, min_value=-5, max_value=200)
    meter_no = forms.CharField(label="热表号", required=False, max_length=30)
    heat_state = forms.ChoiceField(label="供热状态", choices=HeatState.choices)
    note = forms.CharField(label="备注", required=False, max_length=500)

    def scope_choices(self) -> None:
        offer(self, "community", Community.objects.visible_to(self.user, self.permission).offered())
        buildings = Building.objects.visible_to(self.user, self.permission).offered()
        offer(self, "building", buildings.filter(community_id=self.chosen("community")))
        units = (
            Unit.objects.visible_to(self.user, self.permission)
            .offered()
            .filter(building_id=self.chosen("building"), building__community_id=self.chosen("community"))
        )
        offer(self, "unit", units)

    def clean_account_no(self) -> str:
        account = account_number(self.cleaned_data["account_no"])
        if account is None:
            raise ValidationError("缴费账号为 6–20 位字母或数字")
        return account


class WholeBuildingForm(BuildingForm):
    """批量建楼: floors × rooms per floor in each unit, numbered 101, 102, … and accounts counted on."""

    permission = "property.add_room"
    field_order = ("community", "name", "units", "floors", "per_floor", "floor_area", "first_account")
    built_year = note = None
    units = forms.IntegerField(label="单元数", min_value=1, max_value=20)
    floors = forms.IntegerField(label="层数", min_value=1, max_value=99)
    per_floor = forms.IntegerField(label="每单元每层户数", min_value=1, max_value=30)
    floor_area = AreaField(label="每户建筑面积")
    first_account = forms.CharField(label="起始缴费账号", max_length=30)
    owner_name = NameField(label="业主姓名", max_length=60)
    owner_phone = PhoneField(label="业主电话", max_length=30)

    def clean_first_account(self) -> str:
        account = account_number(self.cleaned_data["first_account"])
        if account is None:
            raise ValidationError("缴费账号为 6–20 位字母或数字")
        return account
