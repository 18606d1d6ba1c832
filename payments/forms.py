"""The shape of what a cashier types."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from heating.kit.fields import AmountField
from heating.kit.money import MAX_AMOUNT
from payments.channels import switched_on
from payments.services.take import Till


class TillForm(forms.Form):
    """收费: channel, amount, cash given, surplus to 预存款."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)
    expected_due = AmountField(low=Decimal(0), widget=forms.HiddenInput)
    channel = forms.ChoiceField(label="支付方式", widget=forms.RadioSelect)
    amount = AmountField(label="收款金额")
    tendered = AmountField(
        label="实收现金", required=False, high=MAX_AMOUNT, widget=forms.TextInput(attrs={"autofocus": True})
    )
    prepay = forms.BooleanField(label="多收部分转预存款", required=False)
    note = forms.CharField(label="备注", required=False, max_length=200)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.channels = switched_on()
        self.fields["channel"].choices = [(c.code, c.label) for c in self.channels]

    def till(self) -> Till:
        """Return the decision as the service wants it."""
        return Till(**self.cleaned_data)


class ReasonForm(forms.Form):
    """A reason that will be printed and audited."""

    reason = forms.CharField(label="原因", max_length=100)
