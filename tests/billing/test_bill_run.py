"""The bill run: orders, lines, ledger, rollup, and what cannot be billed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from billing.models import LedgerEntry, LedgerGroup, Order, OrderLine, SeasonRollup
from billing.services.bill_run import bill_contracts
from billing.states import OrderState
from tests import build

pytestmark = pytest.mark.django_db

DAY = date(2025, 9, 10)


@pytest.fixture
def world():
    company = build.company()
    season = build.season(company)
    site = build.site(company)
    version = build.product(season)
    return company, season, site, version


def bill(season, **options):
    return bill_contracts(season, on=options.pop("on", DAY), actor=None, **options)


def test_an_approved_contract_becomes_one_order_with_its_lines(world):
    _, season, site, version = world
    room = build.room(office=site)
    contract = build.contract(room, version)
    run = bill(season)
    order = Order.objects.get()
    assert (run.orders, run.principal, run.skipped) == (1, D("2106.22"), 0)
    assert (order.contract_id, order.room_id, order.version_id) == (contract.pk, room.pk, version.pk)
    assert (order.standard_fee, order.line_amount, order.discount, order.principal, order.due) == (
        D("2149.20"),
        D("2149.20"),
        D("42.98"),
        D("2106.22"),
        D("2106.22"),
    )
    assert order.number.startswith("D20250910") and len(order.number) == 17
    assert (order.state, order.next_change_on, order.overdue_from) == ("unpaid", date(2025, 10, 1), date(2026, 1, 1))
    assert [(line.kind, line.sign, line.amount) for line in order.lines.all()] == [
        ("heat", 1, D("2149.20")),
        ("discount", -1, D("42.98")),
    ]


def test_running_again_changes_nothing(world):
    _, season, site, version = world
    for _ in range(3):
        build.contract(build.room(office=site), version)
    assert bill(season).orders == 3
    before = [list(model.objects.order_by("pk").values()) for model in (Order, OrderLine, LedgerEntry, SeasonRollup)]
    assert bill(season) is None
    after = [list(model.objects.order_by("pk").values()) for model in (Order, OrderLine, LedgerEntry, SeasonRollup)]
    assert before == after


def test_contracts_that_are_not_approved_or_of_another_season_get_no_order(world):
    company, season, site, version = world
    build.contract(build.room(office=site), version, state="pending")
    older = build.season(company, 2024, current=False)
    build.contract(build.room(office=site), build.product(older, build.PRODUCT_E))
    assert bill(season) is None
    assert not Order.objects.exists()


def test_rooms_that_cannot_be_billed_are_listed_with_the_reason(world):
    _, season, site, version = world
    dismantled = build.contract(build.room(office=site, heat_state="dismantled"), version)
    good = build.contract(build.room(office=site), version)
    run = bill(season)
    assert (run.orders, run.skipped) == (1, 1)
    assert [(u.contract_id, u.reason) for u in run.unbillable.all()] == [(dismantled.pk, "户室已拆网")]
    assert Order.objects.get().contract_id == good.pk


def test_a_product_on_inner_area_leaves_out_rooms_without_one(world):
    _, season, site, _ = world
    version = build.product(season, build.PRODUCT_E, area_basis="inner")
    build.contract(build.room(office=site), version)
    build.contract(build.room(office=site, inner_area=D("80.00")), version)
    run = bill(season)
    assert [u.reason for u in run.unbillable.all()] == ["没有户室面积，不能计费"]
    assert Order.objects.get().charge_area == D("80.00")


def test_vacant_rooms_and_relief_pay_their_own_price(world):
    _, season, site, version = world
    build.contract(build.room(office=site, heat_state="vacant"), version)
    poor = build.owner(site, relief="low_income", relief_from=date(2025, 1, 1), relief_to=date(2026, 12, 31))
    build.contract(build.room(office=site, owner=poor), version)
    lapsed = build.owner(site, relief="low_income", relief_to=date(2025, 6, 30))
    build.contract(build.room(office=site, owner=lapsed), version)
    bill(season)
    got = sorted(Order.objects.values_list("line", "principal"))
    assert got == [("relief", D("1074.60")), ("standard", D("2106.22")), ("vacancy", D("644.76"))]


def test_nothing_to_pay_is_settled_from_the_start(world):
    _, season, site, version = world
    type(version).objects.filter(pk=version.pk).update(vacancy_value=0)
    build.contract(build.room(office=site, heat_state="vacant"), version)
    bill(season)
    order = Order.objects.get()
    assert (order.state, order.note, order.closed_on, order.next_change_on) == (OrderState.PAID, "零应缴", DAY, None)
    assert not LedgerGroup.objects.exists()


def test_ledger_and_rollup_hold_the_sums_of_each_building(world):
    _, season, site, version = world
    unit = build.unit(build.building(build.community(site)))
    for _ in range(2):
        build.contract(build.room(unit), version)
    build.contract(build.room(unit, heat_state="vacant"), version)
    run = bill(season)
    total = D("2106.22") * 2 + D("644.76")
    group = LedgerGroup.objects.get()
    assert group.source == f"bill_run:{run.pk}:{unit.building_id}"
    assert sorted((e.account, e.side, e.amount) for e in group.entries.all()) == [
        ("heat_income", "credit", total),
        ("receivable", "debit", total),
    ]
    rollup = SeasonRollup.objects.get()
    assert (rollup.orders, rollup.principal, rollup.vacancy_orders) == (3, total, 1)
    assert (rollup.discount, rollup.charge_area, rollup.product_kind) == (D("85.96"), D("268.65"), "resident")


def test_only_the_chosen_contracts_or_the_batch(world):
    _, season, site, version = world
    chosen = build.contract(build.room(office=site), version)
    imported = build.contract(build.room(office=site), version, batch_id=7)
    build.contract(build.room(office=site), version)
    assert bill(season, contracts=[chosen.pk]).orders == 1
    assert bill(season, batch=7).orders == 1
    assert set(Order.objects.values_list("contract_id", "batch_id")) == {(chosen.pk, None), (imported.pk, 7)}
    assert bill(season).orders == 1


def test_progress_counts_contracts(world):
    _, season, site, version = world
    for _ in range(3):
        build.contract(build.room(office=site), version)
    seen = []
    bill(season, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_two_connections_bill_each_contract_once(world, monkeypatch):
    monkeypatch.setattr("billing.services.bill_run.LARGEST", 2)
    _, season, site, version = world
    for _ in range(7):
        build.contract(build.room(office=site), version)
    assert bill(season).orders == 7
    assert Order.objects.count() == 7 and LedgerGroup.objects.count() == 7
