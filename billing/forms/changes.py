"""Requests: what should change, and why."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from heating.kit.fields import AreaField, NumberField
from property.forms import NameField, OwnerForm, PhoneField
from property.rules import account_number
from property.states import HeatState

REASON = {"label": "申请原因", "max_length": 300}


class OwnerChangeForm(OwnerForm):
    """编辑 of an owner: the fields of the add form, and a reason."""

    note = None
    reason = forms.CharField(**REASON)


class AreaChangeForm(forms.Form):
    """面积变更 with 超高."""

    floor_area = AreaField(label="建筑面积")
    inner_area = AreaField(label="户室面积", required=False)
    height = NumberField(label="层高", required=False, low=Decimal("2.00"), high=Decimal("30.00"), what="层高")
    reason = forms.CharField(**REASON)


class AccountChangeForm(forms.Form):
    """缴费账号变更."""

    account_no = forms.CharField(label="缴费账号", max_length=30)
    reason = forms.CharField(**REASON)

    def clean_account_no(self) -> str:
        account = account_number(self.cleaned_data["account_no"])
        if account is None:
            raise ValidationError("缴费账号为 6–20 位字母或数字")
        return account


class StateChangeForm(forms.Form):
    """Other facts of a room."""

    heat_state = forms.ChoiceField(label="供热状态", choices=HeatState.choices)
    meter_no = forms.CharField(label="热表号", required=False, max_length=30)
    reason = forms.CharField(**REASON)


class TransferForm(forms.Form):
    """过户."""

    new_owner_name = NameField(label="新业主姓名", max_length=60)
    new_owner_phone = PhoneField(label="新业主电话", max_length=30)
    takeover = forms.BooleanField(label="新业主书面承担欠费", required=False)
    prepaid = forms.ChoiceField(
        label="预存款", choices=[("keep", "留在缴费账号"), ("refund", "退还原业主")], initial="keep", required=False
    )
    reason = forms.CharField(**REASON)


class ApproveForm(forms.Form):
    """通过: the hash of what was seen, and a note."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    note = forms.CharField(label="审批意见", required=False, max_length=300)


class RejectForm(forms.Form):
    """驳回 needs a reason."""

    reason = forms.CharField(label="驳回原因", max_length=300)
