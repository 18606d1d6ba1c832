"""Requests: what should change, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from heating.kit.fields import AreaField, DayField, NumberField
from property.fields import NameField, PhoneField, reliefs
from property.forms.owners import OwnerForm
from property.rules import account_number
from property.services.changes import Field
from property.states import HeatState, OwnerKind

REASON = {"label": "申请原因", "max_length": 300}
YEAR = timedelta(days=366)


class FilesInput(forms.ClearableFileInput):
    """Takes more than one file."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """附件: jpg, png, PDF; what is in them is looked at by the service."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "附件")
        options.setdefault("required", False)
        options.setdefault("help_text", "jpg、png 图片或 PDF，可多选；每个不超过 10 MB，每份申请最多 10 个")
        options.setdefault("allow_empty_file", True)
        super().__init__(widget=FilesInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the uploads, none as an empty list."""
        files = data if isinstance(data, list | tuple) else [data]
        found = [super(FilesField, self).clean(one, initial) for one in files or [None]]
        return [file for file in found if file]


class OwnerChangeForm(OwnerForm):
    """编辑 of an owner: the fields of the add form, and a reason.

    Whoever may not see the phone (`masked` is what they see of it) leaves it empty and changes it by typing a new one.
    """

    field_order = ("name", "phone", "kind", "relief", "relief_from", "relief_to", "id_kind", "id_no", "clear_id")
    clear_id = forms.BooleanField(label="清除证件号码", required=False)
    reason = forms.CharField(**REASON)
    files = FilesField()

    def __init__(self, *args: Any, masked: str = "", has_document: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if masked:
            self.fields["phone"].required = False
            self.fields["phone"].help_text = f"现为 {masked}，留空为不变更"
        if has_document:
            self.fields["id_no"].help_text = "已登记，留空为不变更"
        else:
            del self.fields["clear_id"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("clear_id") and data.get("id_no"):
            self.add_error("clear_id", "已填写新的证件号码，不能同时清除")
        if data.get("phone") == "" and not self.fields["phone"].required:
            del data["phone"]
        return data


class RequestForm(forms.Form):
    """What every request for a room ends with."""

    reason = forms.CharField(**REASON)
    files = FilesField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # What a form of its own asks for comes before what all ask for.
        self.order_fields([name for name in self.fields if name not in RequestForm.base_fields])


class AreaChangeForm(RequestForm):
    """面积变更 with 超高."""

    floor_area = AreaField(label="建筑面积")
    inner_area = AreaField(label="户室面积", required=False)
    height = NumberField(label="层高", required=False, low=Decimal("2.00"), high=Decimal("30.00"), what="层高")


class AccountChangeForm(RequestForm):
    """缴费账号变更."""

    account_no = forms.CharField(label="缴费账号", max_length=30)

    def clean_account_no(self) -> str:
        account = account_number(self.cleaned_data["account_no"])
        if account is None:
            raise ValidationError("缴费账号为 6–20 位字母或数字")
        return account


class StateChangeForm(RequestForm):
    """Other facts of a room."""

    heat_state = forms.ChoiceField(label="供热状态", choices=HeatState.choices)
    meter_no = forms.CharField(label="热表号", required=False, max_length=30)
    note = forms.CharField(label="备注", required=False, max_length=500)


class TransferForm(RequestForm):
    """过户: to an owner who is there already, by their number, or to a new one."""

    new_owner_number = forms.CharField(
        label="新业主编号", required=False, max_length=20, help_text="已有业主填编号即可；新业主留空，填姓名和电话"
    )
    new_owner_name = NameField(label="新业主姓名", required=False, max_length=60)
    new_owner_phone = PhoneField(label="新业主电话", required=False, max_length=30)
    effective_on = DayField(label="生效日期", help_text="在此日之前不能审批通过")
    prepaid = forms.ChoiceField(
        label="预存款", choices=[("keep", "留在缴费账号"), ("refund", "退还原业主")], initial="keep", required=False
    )
    takeover = forms.BooleanField(
        label="新业主书面承担欠费", required=False, help_text="有欠费时须勾选，并上传书面承诺"
    )

    def clean_new_owner_number(self) -> str:
        return self.cleaned_data["new_owner_number"].strip().upper()

    def clean_effective_on(self) -> Any:
        day, today = self.cleaned_data["effective_on"], timezone.localdate()
        if not today - YEAR <= day <= today + YEAR:
            raise ValidationError("生效日期须在今天前后一年之内")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("new_owner_number"):
            for name in ("new_owner_name", "new_owner_phone"):
                if name in data and not data[name]:
                    self.add_error(name, "请填写，或填写新业主编号")
        return data


class ImportedChangeForm(RequestForm):
    """What a line of 户室导入 asked for: the fields of that request alone (`names`), and the days of a relief.

    签约产品 and 往年欠费 stay as the file said; who wants another does it on its own page.
    """

    floor_area = AreaField(label="建筑面积")
    inner_area = AreaField(label="户室面积", required=False)
    height = NumberField(label="层高", required=False, low=Decimal("2.00"), high=Decimal("30.00"), what="层高")
    owner_name = NameField(label="业主姓名", max_length=60)
    owner_phone = PhoneField(label="业主电话", max_length=30)
    owner_phone2 = PhoneField(label="业主备用电话", required=False, max_length=30)
    owner_kind = forms.ChoiceField(label="用户类型", choices=OwnerKind.choices)
    owner_relief = forms.ChoiceField(label="优抚类型", choices=reliefs)
    relief_from = DayField(label="优抚有效期起", required=False)
    relief_to = DayField(label="优抚有效期止", required=False)
    heat_state = forms.ChoiceField(label="供热状态", choices=HeatState.choices)
    meter_no = forms.CharField(label="热表号", required=False, max_length=30)
    note = forms.CharField(label="备注", required=False, max_length=500)

    def __init__(self, *args: Any, names: Collection[str], **options: Any) -> None:
        super().__init__(*args, **options)
        for name in set(self.fields) - set(names) - set(RequestForm.base_fields):
            del self.fields[name]


class AttachForm(forms.Form):
    """添加附件 to a waiting request."""

    files = FilesField()


# The form of each kind of change; a kind without one is edited by a line of text per field.
FORMS: dict[str, type[forms.Form]] = {
    "owner": OwnerChangeForm,
    "area": AreaChangeForm,
    "height": AreaChangeForm,
    "account": AccountChangeForm,
    "room": StateChangeForm,
    "transfer": TransferForm,
    "import": ImportedChangeForm,
}


def form_of(code: str, fields: Mapping[str, Field]) -> type[forms.Form]:
    """Return the form of a kind of change, made of its fields when the kind has none of its own."""
    if code in FORMS:
        return FORMS[code]
    plain = {name: plain_field(field) for name, field in fields.items() if field.on and field.label}
    return type("PlainChangeForm", (RequestForm,), plain)


def plain_field(field: Field) -> forms.Field:
    """Return a choice for a field with codes, a line of text for any other."""
    if field.words:
        return forms.ChoiceField(label=field.label, choices=list(field.words.items()), required=False)
    return forms.CharField(label=field.label, required=False, max_length=300)
