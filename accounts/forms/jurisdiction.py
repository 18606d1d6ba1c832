"""The search of the pages that give 辖区."""

from django import forms

from accounts.forms.people import OfficeSearch


class PlaceSearch(OfficeSearch):
    """Places of a 辖区: 小区, or single 楼幢 once their name is filled in."""

    name = forms.CharField(label="小区名称", max_length=60, required=False)
    building = forms.CharField(label="楼幢名称（填写后列出单个楼幢）", max_length=40, required=False)
    field_order = ("name", "building", "office")
