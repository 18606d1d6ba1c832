"""The shape of owners, places and rooms as people type them (manual §2.3, domain.md §5.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.people import OfficeSearch
from accounts.models import DataScope, User
from heating.kit.fields import AreaField, DayField, NumberField
from heating.kit.normal import Read, document
from org.models import DictEntry, Office
from property.models import Building, Community, Unit
from property.queries import offices_to_build_in
from property.rules import account_number, phone_number, tidy
from property.states import HeatState, HeatSystem, OwnerKind, Relief


class NameField(forms.CharField):
    """A name or place: tidied, no empty rest."""

    def clean(self, value: Any) -> str:
        text = tidy(super().clean(value) or "")
        if self.required and not text:
            raise ValidationError("请填写")
        return text


class PhoneField(forms.CharField):
    """A mobile or a landline with its area code."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        phone = phone_number(text) if text else ""
        if phone is None:
            raise ValidationError("请填写 11 位手机号，或带区号的固定电话，如 0531-12345678")
        return phone


def reliefs() -> list[tuple[str, str]]:
    """Return the built-in relief types and those of the dictionary."""
    more = DictEntry.objects.filter(dictionary="relief", active=True).values_list("code", "label")
    return [*Relief.choices, *(pair for pair in more if pair[0] not in Relief.values)]


ID_KINDS = ("身份证", "护照", "统一社会信用代码", "其他证件")


class DocumentField(forms.CharField):
    """A document number; an identity card must have its right check digit."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        found = document(text) if text else ""
        if isinstance(found, Read):
            wrong = (
                "身份证号码的校验位不符，请核对" if found.value else "证件号码为 18 位身份证号，或 6–20 位字母或数字"
            )
            raise ValidationError(wrong)
        return found or ""


class OwnerForm(forms.Form):
    """业主 in the manual's order."""

    name = NameField(label="用户姓名", max_length=60)
    phone = PhoneField(label="联系电话", max_length=30)
    kind = forms.ChoiceField(label="用户类型", choices=OwnerKind.choices)
    relief = forms.ChoiceField(label="优抚类型", choices=reliefs)
    relief_from = DayField(label="优抚有效期起", required=False)
    relief_to = DayField(label="优抚有效期止", required=False)
    id_kind = forms.ChoiceField(label="证件类型", required=False, choices=[("", "—"), *((k, k) for k in ID_KINDS)])
    id_no = DocumentField(label="证件号码", required=False, max_length=30)
    org_name = NameField(label="单位名称", required=False, max_length=100)
    tax_no = forms.CharField(label="税号", required=False, max_length=30)
    note = forms.CharField(label="备注", required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("relief_from") and data.get("relief_to") and data["relief_from"] > data["relief_to"]:
            self.add_error("relief_to", "优抚有效期止不能早于起")
        if data.get("id_no") and not data.get("id_kind"):
            data["id_kind"] = ID_KINDS[0] if len(data["id_no"]) == 18 else ID_KINDS[-1]
        return data


class ScopedForm(forms.Form):
    """A form whose choices are the places that the user may build in with `permission`."""

    permission = ""

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.scope_choices()

    def scope_choices(self) -> None:
        """Narrow the choices."""

    def chosen(self, name: str) -> int | None:
        """Return the id that is chosen in a select now, typed or initial."""
        raw = self.data.get(name) if self.is_bound else self.initial.get(name)
        text = str(raw or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


class PlaceSearch(OfficeSearch):
    """Places of a 辖区: 小区, or single 楼幢 once their name is filled in."""

    name = forms.CharField(label="小区名称", max_length=60, required=False)
    building = forms.CharField(label="楼幢名称（填写后列出单个楼幢）", max_length=40, required=False)
    field_order = ("name", "building", "office")


def managers(user: User, permission: str) -> Any:
    """Return who may stand as 物业管理员: people with a 辖区 role, of the companies in the user's scope."""
    companies = Office.objects.visible_to(user, permission).values("company")
    overseers = User.groups.through.objects.filter(group__role__scope=DataScope.JURISDICTION, group__role__active=True)
    found = User.objects.filter(is_active=True, office__company__in=companies, pk__in=overseers.values("user"))
    return found.order_by("name", "pk")


class CommunityForm(ScopedForm):
    """小区."""

    permission = "property.add_community"
    name = NameField(label="小区名称", max_length=60)
    office = forms.ModelChoiceField(label="所属机构", queryset=Office.objects.none())
    code = forms.CharField(label="小区编码", required=False, max_length=20)
    address = NameField(label="地址", required=False, max_length=120)
    heat_station = NameField(label="换热站", required=False, max_length=60)
    manager = forms.ModelChoiceField(
        label="物业管理员",
        required=False,
        queryset=User.objects.none(),
        help_text="只作登记；可办理哪些小区由其辖区决定",
    )
    note = forms.CharField(label="备注", required=False, max_length=200)

    def scope_choices(self) -> None:
        self.fields["office"].queryset = offices_to_build_in(self.user).order_by("path")
        self.fields["manager"].queryset = managers(self.user, self.permission)


class BuildingForm(ScopedForm):
    """楼幢."""

    permission = "property.add_building"
    name = NameField(label="楼幢名称", max_length=40)
    community = forms.ModelChoiceField(label="小区", queryset=Community.objects.none())
    floors = forms.IntegerField(label="层数", required=False, min_value=1, max_value=200)
    built_year = forms.IntegerField(label="建成年", required=False, min_value=1900, max_value=2100)
    system = forms.ChoiceField(label="系统形式", choices=HeatSystem.choices)
    note = forms.CharField(label="备注", required=False, max_length=200)

    def scope_choices(self) -> None:
        self.fields["community"].queryset = Community.objects.visible_to(self.user, self.permission).offered()


# Choosing a place above draws the form anew with the places below; without JavaScript a button does the same.
CASCADE = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-target": "closest form",
    "hx-select": "main form",
    "hx-swap": "outerHTML",
    "hx-vals": '{"refresh": "1"}',
}


class UnitForm(ScopedForm):
    """单元."""

    permission = "property.add_unit"
    name = NameField(label="单元名称", max_length=40)
    community = forms.ModelChoiceField(
        label="小区", queryset=Community.objects.none(), widget=forms.Select(attrs=CASCADE)
    )
    building = forms.ModelChoiceField(label="楼幢", queryset=Building.objects.none())

    def scope_choices(self) -> None:
        self.fields["community"].queryset = Community.objects.visible_to(self.user, self.permission).offered()
        buildings = Building.objects.visible_to(self.user, self.permission).offered()
        self.fields["building"].queryset = buildings.filter(community_id=self.chosen("community"))


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
        self.fields["community"].queryset = Community.objects.visible_to(self.user, self.permission).offered()
        buildings = Building.objects.visible_to(self.user, self.permission).offered()
        self.fields["building"].queryset = buildings.filter(community_id=self.chosen("community"))
        units = (
            Unit.objects.visible_to(self.user, self.permission)
            .offered()
            .filter(building_id=self.chosen("building"), building__community_id=self.chosen("community"))
        )
        self.fields["unit"].queryset = units

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
