"""机构 in the manual's order (§2.2)."""

from __future__ import annotations

from typing import Any

from django import forms

from org.models import Office, OfficeKind, OfficeLevel


class OfficeChoice(forms.ModelChoiceField):
    """Offices as an indented tree."""

    def label_from_instance(self, office: Office) -> str:
        return "　" * (office.path.count("/") - 2) + office.name


class OfficeForm(forms.Form):
    """上级机构, 机构名称, 机构类型, 机构级别 and the rest."""

    parent = OfficeChoice(
        label="上级机构", queryset=Office.objects.none(), required=False, empty_label="（无，顶级公司）"
    )
    name = forms.CharField(label="机构名称", max_length=60)
    kind = forms.ChoiceField(label="机构类型", choices=OfficeKind.choices, initial=OfficeKind.DEPARTMENT)
    level = forms.TypedChoiceField(label="机构级别", choices=OfficeLevel.choices, coerce=int)
    code = forms.RegexField(
        label="机构编码", regex=r"^[A-Za-z0-9]{1,12}$", required=False, help_text="空则自动编号；用于回单号"
    )
    sort = forms.IntegerField(label="排序", required=False, min_value=0, max_value=99999, initial=0)
    manager = forms.CharField(label="负责人", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=40, required=False)
    address = forms.CharField(label="地址", max_length=120, required=False)
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, user: Any, verb: str, **options: Any) -> None:
        super().__init__(*args, **options)
        scope = user.scope(verb)
        self.fields["parent"].queryset = Office.objects.visible_to(user, verb).order_by("path")
        if not scope.everything:
            self.fields["parent"].required = True
            self.fields["parent"].empty_label = None

    def clean_sort(self) -> int:
        return self.cleaned_data["sort"] or 0
