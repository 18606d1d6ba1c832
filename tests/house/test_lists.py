"""Every list costs the same number of statements whether it shows one row or three."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import DataScope
from billing.lists import OrderList
from billing.models import Order, ProductVersion
from heating.kit.pages import ListPage
from org.models import DictEntry, Office
from tests import build
from tests.matrix.walk import pages
from tests.matrix.world import BESIDE, OWN, SISTER, Spot, fill, logged, product_of

pytestmark = pytest.mark.django_db
LISTS = dict(sorted((name, page) for name, page in pages() if issubclass(page, ListPage)))


class Town:
    """One company; each call of `add` puts one more row of every kind into it."""

    def __init__(self, client: Client) -> None:
        self.company = build.company()
        self.version: ProductVersion = product_of(self.company)
        names = [f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")]
        boss = build.user("boss", self.company, build.role(self.company, *names, scope=DataScope.ALL))
        self.client = client
        client.force_login(boss)

    def add(self, position: str) -> None:
        office: Office = build.site(self.company, f"站{position}")
        names = ("payments.take_payment", "property.request_owner_change", "property.request_room_change")
        role = build.role(self.company, *names, "property.view_changerequest", title=f"办事员{position}")
        spot = Spot(position, office, build.user(f"clerk_{position}", office, role))
        fill(spot, self.version)
        logged(spot)
        DictEntry.objects.create(dictionary="relief", code=position, label=f"词{position}")

    def cost(self, name: str) -> tuple[int, int]:
        """Return the number of rows and of statements of a list."""
        with CaptureQueriesContext(connection) as queries:
            answer = self.client.get(reverse(name))
        assert answer.status_code == 200, name
        # A tree is drawn by a template of its own and has no page of rows: its text must grow.
        shown = len(answer.context["rows"]) if "rows" in answer.context else answer.content.count(b"<tr")
        return shown, len(queries)


def differing(town: Town, names: list[str]) -> list[str]:
    """Return the lists that do not show the further rows, or need more statements for them."""
    town.add(OWN)
    for name in names:
        town.cost(name)  # what is remembered for good is asked once
    one = {name: town.cost(name) for name in names}
    town.add(BESIDE)
    town.add(SISTER)
    three = {name: town.cost(name) for name in names}
    return [
        f"{name}: {one[name]} and {three[name]} (rows, statements)"
        for name in names
        if three[name][0] < one[name][0] + 2 or three[name][1] != one[name][1]
    ]


def test_every_list_costs_the_same_with_one_row_and_with_three(client: Client) -> None:
    assert len(LISTS) > 12
    assert differing(Town(client), list(LISTS)) == []


def test_a_list_that_asks_for_each_row_is_found(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OrderList, "queryset", Order.objects.all())
    (found,) = differing(Town(client), ["billing:order-list"])
    assert found.startswith("billing:order-list")
