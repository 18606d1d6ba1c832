"""The messy files of a heating company give exactly the outcome that is written down for every row."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests import build
from tests.intake.expected import differences, expectation, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Any:
    made = build.company()
    season = build.season(made)
    build.product(season, build.PRODUCT_A)
    build.product(season, build.PRODUCT_E)
    return made


def check(kind: str, name: str, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("intake", kind, str(workbook(name)), check=True, json=True, stdout=out, **options)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_every_row_of_the_owners_file(company: Any) -> None:
    report = check("owners", "owners-messy-150")
    wanted = expectation("owners-messy-150")
    assert differences(report["rows"], "owners-messy-150") == []
    assert report["header_row"] == wanted["header_row"] and report["columns"] == wanted["columns"]
    assert report["ignored_columns"] == wanted["ignored_columns"] and report["notices"] == wanted["notices"]


def test_the_county_is_clean(company: Any) -> None:
    report = check("rooms", "rooms-county-20k")
    totals = report["totals"]
    assert (totals["ok"], totals["warn"], totals["error"], totals["create"]) == (20_000, 0, 0, 20_000)


def test_a_difference_would_be_seen(company: Any) -> None:
    """Negative control: one changed value, one lost issue, one other outcome."""
    rows = check("owners", "owners-messy-150")["rows"]
    good = next(row for row in rows if row["outcome"] == "ok")
    bad = next(row for row in rows if row["outcome"] == "error")
    good["values"]["用户姓名"] += "x"
    bad["issues"] = []
    rows[-1]["outcome"] = "ok" if rows[-1]["outcome"] != "ok" else "warn"
    assert len(differences(rows, "owners-messy-150")) == 3


def test_a_refused_file_says_why_in_json(company: Any, tmp_path: Any) -> None:
    path, out = tmp_path / "x.xlsx", StringIO()
    path.write_bytes(b"PK")
    with pytest.raises(CommandError):
        call_command("intake", "rooms", str(path), json=True, stdout=out)
    assert json.loads(out.getvalue())["refused"]["code"] == "not_a_workbook"


def test_the_company_must_be_named_when_there_are_two(company: Any) -> None:
    build.company("邻市热力")
    with pytest.raises(CommandError, match="--company"):
        check("owners", "owners-messy-150")
    assert check("owners", "owners-messy-150", company="邻市热力")["totals"]["ok"] == 81
