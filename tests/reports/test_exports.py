"""Every list and statement that leaves as a workbook leaves one row in 操作日志: who, which one, conditions, rows."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from heating.audit.models import Record
from heating.kit.exports import EXPORT_RECORDERS
from tests import build

COMMUNITIES, ROOMS = "/a/reports/communities/", "/a/property/rooms/"
SEES = ("reports.view_statement", "property.view_room", "audit.view_record")
pytestmark = pytest.mark.django_db


def export(client: Client, address: str, **asked: str) -> None:
    answer = client.get(address, asked | {"export": "xlsx"})
    assert answer.status_code == 200 and b"".join(answer.streaming_content)


@pytest.fixture
def sam(client: Client) -> build.User:
    company = build.company()
    site = build.site(company)
    for _ in range(3):
        home = build.room(office=site)
    build.order(build.contract(home, build.product(build.season(site))), on=date(2025, 11, 20))
    client.force_login(user := build.user("sam", site, build.role(site, *SEES, scope="office_below")))
    return user


@pytest.mark.parametrize(
    ("address", "title", "rows"),
    [(ROOMS, "户室列表", 3), (COMMUNITIES, "小区明细统计", 1)],
)
def test_an_export_is_recorded_with_its_conditions_and_rows(
    client: Client, sam: build.User, address: str, title: str, rows: int
) -> None:
    client.get(address)
    assert not Record.objects.filter(event="list.export").exists()
    export(client, address)
    row = Record.objects.get(event="list.export")
    assert (row.actor, row.note, row.office_id) == (sam, title, sam.office_id)
    assert row.after == {"conditions": row.after["conditions"], "rows": rows}
    page = client.get(f"/a/logs/{row.pk}/").content.decode()
    assert "导出数据" in page and title in page and "行数" in page and "条件" in page


def test_the_conditions_are_recorded_and_a_phone_in_them_is_masked(client: Client, sam: build.User) -> None:
    export(client, "/a/logs/", target="13812345678")
    row = Record.objects.get(event="list.export")
    assert row.after["rows"] == 0 and "138****5678" in row.after["conditions"] and "对象" in row.after["conditions"]


def test_without_the_recorder_nothing_is_recorded(
    client: Client, sam: build.User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heating.kit.pages.download.EXPORT_RECORDERS", [])
    assert len(EXPORT_RECORDERS) == 1
    export(client, ROOMS)
    assert not Record.objects.filter(event="list.export").exists()
