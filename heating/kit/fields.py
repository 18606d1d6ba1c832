"""Form fields that accept the usual ways of writing numbers and days, and refuse everything else with a sentence."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from heating.kit.money import MAX_AMOUNT
from heating.kit.parsing.numbers import AREA_UNIT

NUMBER = re.compile(r"\d{1,14}(\.\d+)?|\.\d+", re.ASCII)
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)


class NumberField(forms.Field):
    """A plain decimal: digits with at most `places` decimals after NFKC; commas allowed, no sign, no exponent."""

    # What may stand behind the digits.
    unit: re.Pattern[str] | None = None

    def __init__(self, *, places: int = 2, low: Decimal, high: Decimal, what: str = "数字", **options: Any) -> None:
        super().__init__(**options)
        self.places, self.low, self.high, self.what = places, low, high, what
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Decimal | None:
        plain = unicodedata.normalize("NFKC", str(value or "")).replace(",", "").strip()
        if not plain:
            return None
        if self.unit:
            plain = self.unit.sub("", plain, count=1).strip()
        if not NUMBER.fullmatch(plain):
            raise ValidationError(f"请填写{self.what}，例如 89.55")
        number = Decimal(plain)
        if -int(number.as_tuple().exponent) > self.places:
            raise ValidationError(f"最多 {self.places} 位小数")
        if not self.low <= number <= self.high:
            raise ValidationError(f"须在 {self.low} 到 {self.high} 之间")
        return number

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}" if isinstance(value, Decimal) else value


class AmountField(NumberField):
    """An amount in 元: 0.01 to 99,999,999.99, two decimals."""

    def __init__(self, *, low: Decimal = Decimal("0.01"), high: Decimal = MAX_AMOUNT, **options: Any) -> None:
        super().__init__(places=2, low=low, high=high, what="金额", **options)


class AreaField(NumberField):
    """An area in ㎡: 0.01 to 100,000.00, two decimals, with or without its unit."""

    unit = AREA_UNIT

    def __init__(self, **options: Any) -> None:
        super().__init__(places=2, low=Decimal("0.01"), high=Decimal("100000.00"), what="面积", **options)


class DayField(forms.DateField):
    """A day between 1990 and 2100, shown by the browser's own date picker."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"], **options)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise ValidationError("日期须在 1990 年到 2100 年之间")
        return day


def offer(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Let a field of the form offer these rows; a form without the field stays as it is."""
    field = form.fields.get(name)
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows
