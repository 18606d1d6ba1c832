"""The shape of 小区, 楼幢 and 单元 as people type them, and of their 迁移."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import DataScope, User
from heating.kit.fields import offer
from org.models import Office
from property.fields import NameField
from property.models import Building, Community
from property.queries import offices_to_build_in
from property.states import HeatSystem


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


# People with a role that reaches a 辖区, by its own data scope or by that of single permissions.
OVERSEES = Q(group__role__scope=DataScope.JURISDICTION) | Q(group__role__other_scopes__has_key=DataScope.JURISDICTION)


def managers(user: User, permission: str) -> Any:
    """Return who may stand as 物业管理员: people with a 辖区 role, of the companies in the user's scope."""
    companies = Office.objects.visible_to(user, permission).values("company")
    overseers = User.groups.through.objects.filter(OVERSEES, group__role__active=True)
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
        offer(self, "office", offices_to_build_in(self.user).order_by("path"))
        offer(self, "manager", managers(self.user, self.permission))


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
        offer(self, "community", Community.objects.visible_to(self.user, self.permission).offered())


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
        offer(self, "community", Community.objects.visible_to(self.user, self.permission).offered())
        buildings = Building.objects.visible_to(self.user, self.permission).offered()
        offer(self, "building", buildings.filter(community_id=self.chosen("community")))


class CommunityMoveForm(ScopedForm):
    """小区 to another 机构."""

    permission = "property.change_community"
    target = forms.ModelChoiceField(label="新的所属机构", queryset=Office.objects.none())

    def scope_choices(self) -> None:
        offices = Office.objects.visible_to(self.user, self.permission).filter(active=True)
        offer(self, "target", offices.order_by("path"))


class BuildingMoveForm(ScopedForm):
    """楼幢 to another 小区."""

    permission = "property.add_building"
    target = forms.ModelChoiceField(label="新的小区", queryset=Community.objects.none())

    def scope_choices(self) -> None:
        offer(self, "target", Community.objects.visible_to(self.user, self.permission).offered())


class UnitMoveForm(ScopedForm):
    """单元 to another 楼幢, chosen below its 小区."""

    permission = "property.add_unit"
    community = forms.ModelChoiceField(
        label="小区", queryset=Community.objects.none(), widget=forms.Select(attrs=CASCADE)
    )
    target = forms.ModelChoiceField(label="新的楼幢", queryset=Building.objects.none())

    def scope_choices(self) -> None:
        offer(self, "community", Community.objects.visible_to(self.user, self.permission).offered())
        buildings = Building.objects.visible_to(self.user, self.permission).offered()
        offer(self, "target", buildings.filter(community_id=self.chosen("community")))
