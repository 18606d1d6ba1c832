"""The shape of offices, parameters and dictionary entries as people type them."""

from __future__ import annotations

from typing import Any

from django import forms

from heating.kit.fields import offer
from heating.kit.parsing import name as tidy
from org.fields import OfficeChoice
from org.models import Office, OfficeKind, OfficeLevel
from org.states import DICTIONARIES

# Nothing is chosen for the person: the first kind would be a further company.
CHOOSE: list[tuple[str | int, str]] = [("", "请选择")]


class OfficeForm(forms.Form):
    """上级机构, 机构名称, 机构类型, 机构级别 (manual, steps four to seven)."""

    parent = OfficeChoice(
        label="上级机构",
        queryset=Office.objects.none(),
        empty_label="请选择",
        error_messages={"invalid_choice": "上级机构须启用并在您的数据范围内，不能是自己或自己的下级"},
    )
    name = forms.CharField(label="机构名称", max_length=60)
    kind = forms.ChoiceField(label="机构类型", choices=[*CHOOSE, *OfficeKind.choices])
    level = forms.TypedChoiceField(label="机构级别", choices=[*CHOOSE, *OfficeLevel.choices], coerce=int)
    code = forms.CharField(label="机构编码", max_length=12, required=False, help_text="印在回单号中；不填则自动编号")
    sort = forms.IntegerField(label="排序", min_value=-9999, max_value=9999, initial=0, required=False)
    manager = forms.CharField(label="负责人", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=40, required=False)
    address = forms.CharField(label="地址", max_length=120, required=False)
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, user: Any, permission: str, office: Office | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = Office.objects.visible_to(user, permission).filter(active=True).order_by("path")
        if office is not None:
            choices = (choices | Office.objects.filter(pk=office.parent_id)).exclude(path__startswith=office.path)
        offer(self, "parent", choices)
        is_root = office is not None and office.parent_id is None
        founds = office is None and user.scope(permission).everything
        self.fields["parent"].required = not (is_root or founds)
        if is_root:
            del self.fields["parent"]
        if founds and isinstance(parent := self.fields["parent"], OfficeChoice):
            parent.empty_label = "（无，新建一家公司）"

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"], limit=60)
        if not isinstance(name, str):
            raise forms.ValidationError("请填写机构名称")
        return name

    def clean_sort(self) -> int:
        return self.cleaned_data["sort"] or 0


class ParameterForm(forms.Form):
    """One value; how it is read, the key says."""

    value = forms.CharField(label="值", max_length=500, required=False)

    def __init__(self, *args: Any, words: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        if words:
            self.fields["value"] = forms.ChoiceField(choices=[(word, word) for word in words])


class DictEntryForm(forms.Form):
    """One word of a dictionary."""

    dictionary = forms.ChoiceField(label="字典", choices=tuple(DICTIONARIES.items()))
    code = forms.RegexField(
        r"^[a-z][a-z0-9_]*\Z",
        label="代码",
        max_length=20,
        error_messages={"invalid": "小写字母开头，只含小写字母、数字、下划线"},
    )
    label = forms.CharField(label="名称", max_length=40)
    aliases = forms.CharField(
        label="别名", max_length=200, required=False, help_text="导入时认得的其他写法，用空格分开"
    )
    sort = forms.IntegerField(label="排序", min_value=-9999, max_value=9999, initial=0, required=False)
    active = forms.BooleanField(label="启用", required=False, initial=True)

    def clean_sort(self) -> int:
        return self.cleaned_data["sort"] or 0
