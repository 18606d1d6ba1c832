"""What the back office shows of sensitive fields: no more than the lists do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html

from heating.kit.privacy import SENSITIVE, mask, scrub


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
        clean = scrub(value, phones=sensitive)
        if isinstance(clean, dict | list):
            text = json.dumps(clean, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
            return format_html("<pre>{}</pre>", text)
        return clean
