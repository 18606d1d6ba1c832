"""bin/bench and bin/prove drop the schema that they are given: never one with a company that they did not make."""

from __future__ import annotations

import pytest
from django.db import connection

from org.models import Office
from tests import build, harness

pytestmark = pytest.mark.django_db


def mark(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        cursor.execute(f"COMMENT ON SCHEMA {connection.ops.quote_name(cursor.fetchone()[0])} IS %s", [text])


@pytest.fixture(autouse=True)
def another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/heating")


def test_a_database_with_a_company_is_not_emptied(capsys: pytest.CaptureFixture[str]) -> None:
    build.company("西山热力公司")
    with pytest.raises(SystemExit) as stopped:
        harness.empty_database()
    assert stopped.value.code == 2 and Office.objects.get().name == "西山热力公司"
    assert "西山热力公司" in capsys.readouterr().err


def test_an_empty_database_and_its_own_are_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    harness.refuse_strange_database()
    build.company()
    mark(harness.MADE_HERE)
    harness.refuse_strange_database()
    mark("")
    monkeypatch.setenv("DATABASE_URL", "embedded")
    harness.refuse_strange_database()
