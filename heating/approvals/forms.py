"""What a decision asks for."""

from __future__ import annotations

from django import forms


class ApproveForm(forms.Form):
    """通过: the hash of what was seen, and a note."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    note = forms.CharField(label="审批意见", required=False, max_length=300)


class RejectForm(forms.Form):
    """驳回 needs a reason."""

    reason = forms.CharField(label="驳回原因", max_length=300)
