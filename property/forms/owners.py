"""The shape of an owner as people type it, in the manual's order."""

from __future__ import annotations

from typing import Any

from django import forms

from heating.kit.fields import DayField
from property.fields import ID_KINDS, DocumentField, NameField, PhoneField, reliefs
from property.states import OwnerKind


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
