"""What the tests of the back office share."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

OWN, FOREIGN = "金鸦公司", "银蟾公司"


def address(model: Any, page: str = "changelist", *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def text(client: Client, url: str, status: int = 200, **query: Any) -> str:
    answer = client.get(url, query)
    assert answer.status_code == status, (url, query, answer.status_code)
    return answer.content.decode()
