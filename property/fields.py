"""Form fields and choices of owners, places and rooms, for the forms of every app."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from heating.kit.parsing import Read, document
from org.models import DictEntry
from property.rules import phone_number, tidy
from property.states import Relief


class NameField(forms.CharField):
    """A name or place: tidied, no empty rest."""

    def clean(self, value: Any) -> str:
        text = tidy(super().clean(value) or "")
        if self.required and not text:
            raise ValidationError("请填写")
        return text


class PhoneField(forms.CharField):
    """A mobile or a landline with its area code."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        phone = phone_number(text) if text else ""
        if phone is None:
            raise ValidationError("请填写 11 位手机号，或带区号的固定电话，如 0531-12345678")
        return phone


def reliefs() -> list[tuple[str, str]]:
    """Return the built-in relief types and those of the dictionary."""
    more = DictEntry.objects.filter(dictionary="relief", active=True).values_list("code", "label")
    return [*Relief.choices, *(pair for pair in more if pair[0] not in Relief.values)]


ID_KINDS = ("身份证", "护照", "统一社会信用代码", "其他证件")


class DocumentField(forms.CharField):
    """A document number; an identity card must have its right check digit."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        found = document(text) if text else ""
        if isinstance(found, Read):
            wrong = (
                "身份证号码的校验位不符，请核对" if found.value else "证件号码为 18 位身份证号，或 6–20 位字母或数字"
            )
            raise ValidationError(wrong)
        return found or ""
