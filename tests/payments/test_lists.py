"""缴费订单管理 and 缴费记录查询: conditions, totals, export, constant number of statements."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from payments.services import reverse_payment, take_payment
from payments.services.take import Till
from tests import build

NOW = datetime(2025, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def town(client: Client) -> Any:
    """Three rooms with orders; the first paid, the second paid and reversed."""
    east = build.site(build.company())
    alice = build.cashier(east)
    version = build.product(build.season(east))
    orders = []
    for name in ("张三<b>", "=1+1", "李四"):
        home = build.room(office=east, owner=build.owner(east, name))
        orders.append(build.order(build.contract(home, version), on=NOW.date()))
    for index in (0, 1):
        till = Till(uuid4(), "cash", Decimal("100.00"))
        payment = take_payment(orders[index].room_id, till, actor=alice, now=NOW)
    reverse_payment(payment.pk, reason="录错", actor=alice, now=NOW)
    client.force_login(alice)
    return east, orders


def test_order_list_filters_by_the_manuals_words(town: Any, client: Client) -> None:
    _, orders = town
    for query in ("owner=李四", f"account={orders[2].account_no}", f"number={orders[2].number}"):
        rows = client.get(f"/a/billing/orders/?{query}").context["rows"]
        assert [r.pk for r in rows] == [orders[2].pk], query
    assert len(client.get("/a/billing/orders/?channel=cash").context["rows"]) == 2
    assert len(client.get("/a/billing/orders/?year=2025&kind=private&state=unpaid").context["rows"]) == 2
    assert len(client.get("/a/billing/orders/?year=2024").context["rows"]) == 0


@pytest.mark.parametrize(
    "query", ["page=99999999999999999999", "year=99999", "owner=%00", "paid_from=x", "sort=nope", "office=9e9"]
)
def test_odd_addresses_are_no_server_error(town: Any, client: Client, query: str) -> None:
    for address in ("/a/billing/orders/", "/a/payments/records/"):
        assert client.get(f"{address}?{query}").status_code == 200


@pytest.mark.parametrize("address", ["/a/billing/orders/", "/a/payments/records/"])
def test_export_holds_the_filtered_rows_as_text(town: Any, client: Client, address: str) -> None:
    answer = client.get(f"{address}?export=xlsx")
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))
    answer.close()
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert "=1+1" in [c.value for c in cells if c.data_type == "s"]
    assert not [c for c in cells if c.data_type == "f"]


def test_reversed_payments_are_listed_but_not_summed(town: Any, client: Client) -> None:
    page = client.get("/a/payments/records/")
    assert len(page.context["rows"]) == 2
    assert "100.00" in [c.text for c in page.context["totals"]] and "200.00" not in [
        c.text for c in page.context["totals"]
    ]


def test_a_list_of_many_pages_sums_as_a_short_one(town: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("/a/billing/orders/", "/a/payments/records/"):
        whole = client.get(address)
        with monkeypatch.context() as patch:
            patch.setattr("heating.kit.pages.list.SIZES", (1,))
            first = client.get(address)
        assert first.context["pages"] == first.context["count"] == len(whole.context["rows"]) > 1
        assert [c.text for c in first.context["totals"]] == [c.text for c in whole.context["totals"]], address


@pytest.mark.parametrize("address", ["/a/billing/orders/", "/a/payments/records/"])
def test_statements_do_not_grow_with_rows(town: Any, client: Client, address: str) -> None:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as three:
        client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(f"{address}?owner=张三")
    assert len(one) == len(three)
