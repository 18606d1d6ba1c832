"""A report is one class and one list entry: here one of the tests' own, as docs/extending.md shows."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from django import forms
from django.db.models import Count
from django.test import Client
from django.urls import include, path

from accounts.models import User
from heating.kit.tables import Column, NumberColumn, Table
from heating.urls import urlpatterns as real
from property.models import Room
from reports.base import Answer, Report, page_of
from reports.forms import QuestionForm
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.reports.test_sample_report")]


class HeatStateQuestion(QuestionForm):
    name = forms.CharField(label="小区名称", required=False, max_length=60)


class HeatStateTable(Table):
    state = Column("供热状态", lambda row: row["heat_state"])
    rooms = NumberColumn("户数", lambda row: row["rooms"], total=True)


class HeatStates(Report):
    """Rooms by 供热状态."""

    code, title, permission = "heat-states", "供热状态统计", "property.view_room"
    question, table = HeatStateQuestion, HeatStateTable

    def answer(self, user: User, **asked: Any) -> Answer:
        rooms = Room.objects.visible_to(user, self.permission).filter(community__name__icontains=asked["name"] or "")
        rows = list(rooms.order_by("heat_state").values("heat_state").annotate(rooms=Count("pk")))
        return Answer(rows, {"rooms": sum(row["rooms"] for row in rows)})


SAMPLE = ModuleType("sample")
SAMPLE.app_name = "sample"
SAMPLE.urlpatterns = [path("sample/", page_of(HeatStates()).as_view(), name="heat-states")]
urlpatterns = [path("", include(SAMPLE)), *real]


def test_a_report_asks_for_its_own_permission_in_its_own_scope(client: Client) -> None:
    company = build.company()
    east, west = build.site(company), build.site(company, "西城收费站")
    build.room(office=east)
    build.room(office=east, heat_state="vacant")
    build.room(office=west)
    client.force_login(build.user("mia", east, build.role(east, "reports.view_statement")))
    assert client.get("/sample/").status_code == 403
    client.force_login(build.user("sam", east, build.role(east, "property.view_room", scope="office_below")))
    page = client.get("/sample/")
    assert page.status_code == 200 and "供热状态统计" in page.content.decode()
    assert page.context["answer"].totals == {"rooms": 2}
    assert client.get("/sample/?name=没有").context["answer"].rows == []
    answer = client.get("/sample/?export=xlsx")
    assert answer.status_code == 200 and b"".join(answer.streaming_content).startswith(b"PK")
    answer.close()
