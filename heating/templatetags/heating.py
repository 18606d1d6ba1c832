"""Filters and tags of every template."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, SelectMultiple
from django.forms.boundfield import BoundWidget
from django.utils.html import format_html
from django.utils.safestring import SafeString

from heating.kit.privacy import masked_for

register = template.Library()


@register.filter
def money(value: Decimal | None) -> str:
    """Show an amount or area with thousands separators and two decimals."""
    return "" if value is None else f"{value:,.2f}"


@register.filter
def icon(name: str) -> SafeString:
    """Draw a Tabler icon; decoration only."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


@register.filter
def badge(text: str, colour: str = "secondary") -> SafeString:
    """Show a state: coloured, with its word."""
    return format_html('<span class="badge bg-{0}-lt">{1}</span>', colour, text) if text else SafeString("")


@register.filter
def alert_kind(level: str) -> tuple[str, str]:
    """Return the style and the ARIA role of a message by its level."""
    return ("danger", "alert") if level == "error" else (level, "status")


@register.filter
def masked(value: str, user: Any) -> str:
    """Mask a phone or ID number unless the user may see sensitive data."""
    return masked_for(user, value)


@register.filter
def widget_kind(field: BoundField) -> str:
    """Say how a field is drawn: check, radio, select or input."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    return "select" if isinstance(widget, Select | SelectMultiple) else "input"


@register.filter
def styled(field: BoundField) -> SafeString:
    """Draw a field's widget with Tabler's classes and its error state."""
    css = {"check": "form-check-input", "select": "form-select", "input": "form-control"}.get(widget_kind(field), "")
    attrs = {"class": f"{css} is-invalid" if field.errors else css}
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{field.auto_id}_error"}
    return field.as_widget(attrs=attrs)


@register.filter
def option(choice: BoundWidget) -> SafeString:
    """Draw one radio button or tick box of a choice with Tabler's class."""
    choice.data["attrs"]["class"] = "form-check-input"
    return choice.tag()
