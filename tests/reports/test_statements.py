"""缴费渠道统计 and 小区明细统计: equal to the books on screen and in the file, constant in statements."""

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

from billing.models import Order
from payments.services import reverse_payment, take_payment
from payments.services.take import Till
from tests import build

NOW = datetime(2025, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
COMMUNITIES, CHANNELS = "/a/reports/communities/", "/a/reports/channels/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def town(client: Client) -> Any:
    """Two sites, three communities, two buildings each; some paid, one reversed."""
    company = build.company()
    east, west = build.site(company), build.site(company, "西城收费站")
    version = build.product(build.season(east))
    alice = build.cashier(east)
    rooms = []
    for name, office in (("甲小区", east), ("乙小区", east), ("丙小区", west)):
        area = build.community(office, name)
        for block in ("2号楼", "10号楼"):
            where = build.unit(build.building(area, block))
            for _ in range(2):
                home = build.room(where, floor_area=Decimal("80.10") + len(rooms))
                build.order(build.contract(home, version), on=NOW.date())
                rooms.append(home)
    for index, home in enumerate(rooms):
        amount = Order.objects.get(room=home).due if index % 2 else Decimal("100.10")
        payment = take_payment(home.pk, Till(uuid4(), "cash", amount), actor=alice, now=NOW)
    reverse_payment(payment.pk, reason="录错", actor=alice, now=NOW)
    manager = build.user("mia", company, build.role(company, "reports.view_statement", "payments.view_payment"))
    client.force_login(manager)
    return rooms, east, company


def totals(page: Any) -> dict[str, str]:
    return {c.label: cell.text for c, cell in zip(page.context["table"].shown, page.context["totals"], strict=True)}


def test_every_parent_is_the_sum_of_its_children(town: Any, client: Client) -> None:
    def walk(query: str, expected: Any, depth: int) -> None:
        page = client.get(COMMUNITIES + query)
        rows = page.context["answer"].rows
        for name in ("rooms", "area", "principal", "paid", "arrears"):
            assert sum(getattr(r, name) for r in rows) == page.context["answer"].totals[name]
            if expected is not None:
                assert sum(getattr(r, name) for r in rows) == getattr(expected, name)
        for row, shown in zip(rows, page.context["rows"], strict=True):
            assert row.principal == row.paid + row.arrears
            if depth < 3:
                walk(shown.cells[0].href, row, depth + 1)

    walk("", None, 0)


def test_buildings_stand_in_natural_order(town: Any, client: Client) -> None:
    page = client.get(COMMUNITIES)
    page = client.get(COMMUNITIES + page.context["rows"][0].cells[0].href)
    assert [r.cells[0].text for r in page.context["rows"]] == ["2号楼", "10号楼"]


def test_statement_equals_the_orders_and_the_channel_statement_equals_the_payments(town: Any, client: Client) -> None:
    page = client.get(COMMUNITIES)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(principal), sum(paid), sum(principal - paid) FROM billing_order"
            " WHERE state NOT IN ('void', 'refunded')"
        )
        raw = cursor.fetchone()
    t = page.context["answer"].totals
    assert (t["principal"], t["paid"], t["arrears"]) == raw
    channels = client.get(CHANNELS).context["answer"].totals
    assert channels["net"] == t["paid"] + t["late_paid"]
    assert channels["count"] == len(town[0]) and channels["reversed"] > 0


@pytest.mark.parametrize("address", [COMMUNITIES, CHANNELS + "?period=day", COMMUNITIES + "?name=甲"])
def test_export_equals_the_screen(town: Any, client: Client, address: str) -> None:
    page = client.get(address)
    sign = "&" if "?" in address else "?"
    answer = client.get(f"{address}{sign}export=xlsx")
    lines = list(openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active.iter_rows(values_only=True))
    answer.close()
    assert list(lines[2]) == [c.label for c in page.context["table"].columns]
    body = [
        [f"{v:,.2f}" if isinstance(v, float) else str(v) if v is not None else "" for v in line] for line in lines[3:-1]
    ]
    for line, row in zip(body, page.context["rows"], strict=True):
        for value, cell in zip(line, row.cells, strict=True):
            assert value == cell.text or Decimal(value.replace(",", "")) == Decimal(cell.text.replace(",", ""))


def test_a_station_manager_sees_the_station_only(town: Any, client: Client) -> None:
    _, east, company = town
    boss = build.user("sam", east, build.role(company, "reports.view_statement", scope="office_below"))
    client.force_login(boss)
    page = client.get(COMMUNITIES)
    assert [r.name for r in page.context["answer"].rows] == ["甲小区", "乙小区"] or {
        r.name for r in page.context["answer"].rows
    } == {"甲小区", "乙小区"}
    assert "丙小区" not in page.content.decode() and "西城" not in page.content.decode()
    foreign = Order.objects.exclude(office=east).first()
    assert client.get(f"{COMMUNITIES}?community={foreign.community_id}").status_code == 404


@pytest.mark.parametrize("address", [COMMUNITIES, CHANNELS])
def test_statements_do_not_grow_with_rows(town: Any, client: Client, address: str) -> None:
    client.get(address)
    with CaptureQueriesContext(connection) as all_rows:
        client.get(address + "?name=")
    with CaptureQueriesContext(connection) as few:
        client.get(address + ("?name=甲" if address == COMMUNITIES else "?name=现金"))
    assert len(all_rows) == len(few) <= 15


@pytest.mark.parametrize(
    "query",
    [
        "since=2025-99-01",
        "season=9999999",
        "office=x",
        "community=99999999999999999999",
        "since=2026-01-01&until=2025-01-01",
        "name=%00",
    ],
)
def test_odd_questions_are_no_server_error(town: Any, client: Client, query: str) -> None:
    for address in (COMMUNITIES, CHANNELS):
        assert client.get(f"{address}?{query}").status_code in (200, 404, 422)


def test_home_shows_the_managers_figures(town: Any, client: Client) -> None:
    page = client.get("/a/")
    assert page.status_code == 200
    assert page.context["season"]["principal"] == client.get(COMMUNITIES).context["answer"].totals["principal"]
