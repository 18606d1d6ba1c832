"""What the back office shows of sensitive fields: no more than the lists do (quality.md P5)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html

from heating.kit.tables import SENSITIVE, mask

PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
DOCUMENT = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")


def scrub(value: Any, *, sensitive: bool) -> Any:
    """Return text or JSON without any ID number, and without phones unless `sensitive` ones may be seen."""
    if isinstance(value, dict):
        return {name: _scrub_field(str(name), inner, sensitive) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [scrub(inner, sensitive=sensitive) for inner in value]
    if not isinstance(value, str):
        return value
    text = DOCUMENT.sub(lambda found: mask(found[0]), value)
    return text if sensitive else PHONE.sub(lambda found: mask(found[0]), text)


def _scrub_field(name: str, value: Any, sensitive: bool) -> Any:
    if name.startswith("id_") and value:
        return "****"
    if "phone" in name and isinstance(value, str) and not sensitive:
        return mask(value)
    return scrub(value, sensitive=sensitive)


@dataclass(frozen=True)
class Shown:
    """A column or read-only field of one person's page. Django's admin calls it with the row alone, so it knows who."""

    field: str
    short_description: str
    user: Any
    whole: bool

    @property
    def __name__(self) -> str:
        return self.field

    def __call__(self, row: Any) -> Any:
        value, sensitive = getattr(row, self.field), self.user.has_perm(SENSITIVE)
        if self.whole:
            return value if sensitive else mask(str(value or ""))
        clean = scrub(value, sensitive=sensitive)
        if isinstance(clean, dict | list):
            text = json.dumps(clean, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
            return format_html("<pre>{}</pre>", text)
        return clean
