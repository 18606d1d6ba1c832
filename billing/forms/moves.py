"""Where a place may go: the targets in the scope of the same verb, nothing that is 停用."""

from __future__ import annotations

from django import forms

from org.models import Office
from property.forms import CASCADE, ScopedForm
from property.models import Building, Community


class CommunityMoveForm(ScopedForm):
    """小区 to another 机构."""

    permission = "property.change_community"
    target = forms.ModelChoiceField(label="新的所属机构", queryset=Office.objects.none())

    def scope_choices(self) -> None:
        offices = Office.objects.visible_to(self.user, self.permission).filter(active=True)
        self.fields["target"].queryset = offices.order_by("path")


class BuildingMoveForm(ScopedForm):
    """楼幢 to another 小区."""

    permission = "property.add_building"
    target = forms.ModelChoiceField(label="新的小区", queryset=Community.objects.none())

    def scope_choices(self) -> None:
        self.fields["target"].queryset = Community.objects.visible_to(self.user, self.permission).offered()


class UnitMoveForm(ScopedForm):
    """单元 to another 楼幢, chosen below its 小区."""

    permission = "property.add_unit"
    community = forms.ModelChoiceField(
        label="小区", queryset=Community.objects.none(), widget=forms.Select(attrs=CASCADE)
    )
    target = forms.ModelChoiceField(label="新的楼幢", queryset=Building.objects.none())

    def scope_choices(self) -> None:
        self.fields["community"].queryset = Community.objects.visible_to(self.user, self.permission).offered()
        buildings = Building.objects.visible_to(self.user, self.permission).offered()
        self.fields["target"].queryset = buildings.filter(community_id=self.chosen("community"))
