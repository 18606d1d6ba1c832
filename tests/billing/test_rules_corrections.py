"""The worked examples X01–X12 of corrections."""

from datetime import date
from decimal import Decimal as D

import pytest

from billing.rules import Inputs, quote
from billing.rules.corrections import by_days, difference, heat_charge, metered, refund_by_days
from billing.rules.split import Debt, Part, split
from tests.billing.examples import A, replace

S, BASIC, DAYS = D("2149.20"), D("644.76"), 121


def test_x01_stopped_from_new_year():
    got = by_days(S, BASIC, heated=47, stopped=74, season_days=DAYS)
    assert [line.amount for line in got.lines] == [D("834.81"), D("394.32")]
    assert got.supplement == D("1229.13")


def room_metered(use: str, cap: str | None):
    heat = heat_charge(D(use), unit="kWh", price=D("0.13"), price_unit="kWh")
    return metered(
        area=D("89.55"),
        basic_price=D("7.50"),
        heat=heat,
        prepaid=D("2238.75"),
        area_fee=D("2238.75"),
        cap_percent=cap and D(cap),
    )


def test_x02_metered_below_the_prepaid_fee_gives_credit():
    got = room_metered("7650", None)
    assert ([line.amount for line in got.lines], got.after) == ([D("671.63"), D("994.50")], D("1666.13"))
    assert (got.credit, got.supplement) == (D("572.62"), 0)


def test_x03_metered_above_it_with_and_without_cap():
    assert room_metered("12800", None).after == D("2335.63")
    assert room_metered("12800", None).supplement == D("96.88")
    assert (room_metered("12800", "100").after, room_metered("12800", "100").supplement) == (D("2238.75"), 0)


def test_x04_cap_of_110_percent():
    heat = heat_charge(D("14000"), unit="kWh", price=D("0.157"), price_unit="kWh")
    fee = D("2425.50")
    got = metered(area=D("110.25"), basic_price=D("6.60"), heat=heat, prepaid=fee, area_fee=fee, cap_percent=D(110))
    assert (got.lines[0].amount, heat, got.after, got.supplement) == (
        D("727.65"),
        D("2198.00"),
        D("2668.05"),
        D("242.55"),
    )
    assert sum(line.sign * line.amount for line in got.lines) == got.after


def test_x05_meter_in_gigajoule():
    assert heat_charge(D("24.36"), unit="GJ", price=D("36.11"), price_unit="GJ") == D("879.64")
    assert heat_charge(D("277.78"), unit="kWh", price=D("36.11"), price_unit="GJ") == D("36.11")


def test_x06_cold_room_and_x07_heat_cut():
    cold = refund_by_days(S, days=9, percent=D(20), season_days=DAYS, reason="室温不达标")
    cut = refund_by_days(S, days=3, percent=D(100), season_days=DAYS, reason="停热")
    assert (cold.amount, cut.amount) == (D("31.97"), D("53.29"))


def test_x08_price_change_after_payment():
    dear, cheap = (
        quote(replace(A, price=D(p), discount=None), Inputs(floor_area=D("75.35")), on=date(2025, 11, 1))
        for p in ("28", "26")
    )
    assert (dear.principal, cheap.principal) == (D("2109.80"), D("1959.10"))
    assert difference(dear.principal, cheap.principal, reason="调价").credit == D("150.70")


def test_x09_area_change_after_payment():
    new = quote(A, Inputs(floor_area=D("92.10")), on=date(2025, 11, 20)).principal
    got = difference(S, new, reason="面积变更")
    assert (new, got.supplement, got.credit) == (D("2210.40"), D("61.20"), 0)


DEBTS = [
    Debt(1, D("500.00"), D("25.00")),
    Debt(2, D("800.00"), D("12.00")),
    Debt(3, D("2149.20"), D("0.00")),
]


def test_x10_oldest_debt_first():
    parts, surplus = split(D("1000.00"), DEBTS)
    assert parts == [Part(1, False, D("500.00")), Part(1, True, D("25.00")), Part(2, False, D("475.00"))]
    assert surplus == 0


def test_late_fee_first_when_the_company_says_so():
    parts, _ = split(D("530.00"), DEBTS, late_first=True)
    assert parts == [Part(1, True, D("25.00")), Part(1, False, D("500.00")), Part(2, True, D("5.00"))]


def test_what_is_left_over_is_surplus():
    parts, surplus = split(D("4000.00"), DEBTS)
    assert sum(part.amount for part in parts) + surplus == D("4000.00")
    assert surplus == D("513.80")


def test_x11_relief_saved_for_the_subsidy_claim():
    got = quote(A, Inputs(floor_area=D("89.55"), relief="low_income"), on=date(2025, 9, 15))
    assert got.relief_saved == D("1074.60")


def test_x12_heat_again_from_mid_january():
    got = by_days(S, BASIC, heated=60, stopped=61, season_days=DAYS, paid=BASIC)
    assert [line.amount for line in got.lines] == [D("1065.72"), D("325.04")]
    assert got.supplement == D("746.00")


def test_more_days_than_the_season_has_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="season"):
        by_days(S, BASIC, heated=100, stopped=22, season_days=DAYS)
