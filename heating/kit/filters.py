"""Conditions of the search bars: text, words of a list, days; each cleans its input before it reaches the database."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms

from heating.kit.fields import DayField


class TextFilter(filters.CharFilter):
    """Contains the words; at most 60 characters, no NUL."""

    def __init__(self, field_name: str | None = None, *, label: str, lookup_expr: str = "icontains", **options: Any):
        super().__init__(field_name, label=label, lookup_expr=lookup_expr, max_length=60, strip=True, **options)


class ExactFilter(TextFilter):
    """Equals the text (numbers of orders, receipts, accounts)."""

    def __init__(self, field_name: str | None = None, *, label: str, **options: Any):
        super().__init__(field_name, label=label, lookup_expr="exact", **options)


class DayFilter(filters.Filter):
    """One end of a span of days."""

    field_class = DayField


class YearFilter(filters.Filter):
    """A four-digit year."""

    field_class = forms.IntegerField

    def __init__(self, field_name: str | None = None, *, label: str, **options: Any):
        super().__init__(field_name, label=label, min_value=1990, max_value=2100, **options)


class WordFilter(filters.ChoiceFilter):
    """One of the words of a dictionary; nothing chosen = all."""

    def __init__(self, field_name: str | None = None, *, label: str, choices: Any, **options: Any):
        super().__init__(field_name, label=label, choices=choices, empty_label="全部", **options)
