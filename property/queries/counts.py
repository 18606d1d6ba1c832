"""How many stand below a row."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce


def counted(model: Any, link: str) -> Any:
    """Return a sub-query that counts the rows of `model` by their link to the outer row."""
    rows = model.objects.filter(**{link: OuterRef("pk")}).order_by().values(link)
    return Coalesce(Subquery(rows.annotate(n=Count("*")).values("n")), 0)
