"""The messy files of a heating company give exactly the outcome that is written down for every row."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum

from billing.models import Contract, Order
from heating.kit.encryption import decrypt
from heating.management.commands.intake import Command
from property.models import Owner, Room
from tests import build
from tests.imports.expected import differences, expectation, workbook
from tests.imports.files import room, save

IMPORT_PERMISSIONS = ("property.import_room", "property.import_owner", "property.add_community", "property.view_room")
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


def commit(kind: str, name: str, login: str, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("intake", kind, str(workbook(name)), commit=True, json=True, user=login, stdout=out, **options)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found["totals"]


def test_the_county_then_every_row_of_the_messy_rooms_file(company: Any) -> None:
    """The order of the data files: the county is imported, then the messy file is checked and imported."""
    build.user("bob", company, build.role(company, *IMPORT_PERMISSIONS))
    made = commit("rooms", "rooms-county-20k", "bob")["made"]
    wanted = expectation("rooms-county-20k")["totals"]["importable_new"]
    assert {name: made[name] for name in ("rooms", "communities", "buildings", "units", "owners", "old_debts")} == {
        name: wanted[name] for name in ("rooms", "communities", "buildings", "units", "owners", "old_debts")
    }
    assert_totals(wanted)
    before = Room.objects.count()
    report = check("rooms", "rooms-messy-600", user="bob")
    assert differences(report["rows"], "rooms-messy-600") == []
    assert Room.objects.count() == before
    totals = commit("rooms", "rooms-messy-600", "bob")
    assert (totals["create"], totals["made"]["rooms"], totals["made"]["requests"]) == (350, 350, 3)
    again = commit("rooms", "rooms-messy-600", "bob")
    assert again["unchanged"] == 353 and again["made"] == {"requests": 0}
    county = commit("rooms", "rooms-county-20k", "bob")
    assert county["made"] == {} and county["same_as"]


def assert_totals(wanted: dict[str, Any]) -> None:
    """The control totals of the new rows: areas, contracts and standard fees per product, old debts."""
    assert str(Room.objects.aggregate(t=Sum("floor_area"))["t"]) == wanted["building_area"]
    contracts = dict(Contract.objects.values_list("product__code").annotate(n=Count("pk")))
    assert contracts == wanted["contracts"]
    fees = Order.objects.filter(fee_kind="heat").values_list("contract__product__code").annotate(t=Sum("standard_fee"))
    assert {code: str(total) for code, total in fees} == wanted["standard_fee"]
    debts = Order.objects.filter(fee_kind="arrears").aggregate(n=Count("pk"), t=Sum("principal"))
    assert (debts["n"], str(debts["t"])) == (wanted["old_debts"], wanted["old_debt_principal"])
    assert Room.objects.exclude(meter_no="").count() == wanted["meters"]


def test_owners_are_stored_and_taken_back(company: Any) -> None:
    build.user("bob", company, build.role(company, *IMPORT_PERMISSIONS))
    assert commit("owners", "owners-messy-150", "bob")["made"] == {"owners": 89}
    stored = Owner.objects.exclude(id_cipher="")
    assert stored.count() == 61 == expectation("owners-messy-150")["totals"]["importable_new"]["with_id"]
    one = stored.first()
    assert one is not None and decrypt(one.id_cipher)[-4:] == one.id_tail
    assert not any(one.id_tail == one.id_cipher[-4:] for one in stored)
    again = commit("owners", "owners-messy-150", "bob")
    assert again["made"] == {} and again["duplicate"] == 92


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


def test_a_refused_file_says_why_in_json_when_it_was_to_be_imported(company: Any, tmp_path: Any) -> None:
    path, out = tmp_path / "x.xlsx", StringIO()
    path.write_bytes(b"PK")
    with pytest.raises(CommandError):
        call_command("intake", "rooms", str(path), commit=True, json=True, stdout=out)
    assert json.loads(out.getvalue())["refused"]["code"] == "not_a_workbook"


def test_a_file_that_is_not_imported_for_its_rows_has_a_code_too(company: Any, tmp_path: Any) -> None:
    out = StringIO()
    path = save(tmp_path / "a.xlsx", [room(1), room(2, 建筑面积="约90")])
    with pytest.raises(CommandError, match="1 行错误"):
        call_command("intake", "rooms", str(path), commit=True, whole=True, json=True, stdout=out)
    assert json.loads(out.getvalue())["refused"]["code"] == "not_imported"


def test_the_help_says_when_a_person_is_needed() -> None:
    text = " ".join(Command().create_parser("manage.py", "intake").format_help().split())
    assert "--commit when rows ask for changes of stored rooms (update_request)" in text


def test_the_company_must_be_named_when_there_are_two(company: Any) -> None:
    build.company("邻市热力")
    with pytest.raises(CommandError, match="--company"):
        check("owners", "owners-messy-150")
    assert check("owners", "owners-messy-150", company="邻市热力")["totals"]["ok"] == 81
