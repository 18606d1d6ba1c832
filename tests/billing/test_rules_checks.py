"""What a product version must satisfy before it is saved."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import get_args

import pytest

from billing import states
from billing.rules import Discount, tariff
from billing.rules.checks import findings
from tests.billing.examples import TARIFFS, A, B, C, E

UNSAVABLE = {"B_VACANCY"}


@pytest.mark.parametrize("name", sorted(TARIFFS))
def test_the_products_of_the_examples_can_be_saved(name):
    assert bool(findings(TARIFFS[name])) == (name in UNSAVABLE)


def late(of, **fields):
    return replace(of, late=replace(of.late, **fields))


def vacancy(of, **fields):
    return replace(of, vacancy=replace(of.vacancy, **fields))


WRONG = [
    ("price", replace(A, price=D(0)), "热力费单价须大于 0"),
    ("months", replace(A, months=D("12.5")), "计费月数"),
    ("months", replace(A, months=D("0.4")), "计费月数"),
    ("season_days", replace(A, season_days=367), "季天数"),
    ("area_factor", replace(A, area_factor=D("1.01")), "面积系数"),
    ("pay_to", replace(A, pay_to=date(2025, 8, 31)), "缴费终止时间不能早于缴费起始时间"),
    ("late_from", late(A, starts_on=date(2025, 12, 31)), "不早于 2026-01-01"),
    ("late_from", replace(B, gap_days=11), "至少 11 天"),
    ("late_gap_days", replace(A, gap_days=0), "间隔天数"),
    ("late_value", late(B, value=D(101)), "0 到 100"),
    ("late_cap", late(A, cap=D(101)), "封顶"),
    ("vacancy_to", vacancy(A, window_to=date(2025, 8, 1)), "空房缴费终止时间"),
    ("vacancy_value", vacancy(A, value=D(200)), "空房百分比须在 0 到 100 之间"),
    ("vacancy_value", vacancy(B, value=D("5.80")), "空房定额 × 计费月数须低于每平方米全季标准价 23.2 元"),
    ("relief_low_income_value", replace(C, reliefs=(replace(B.reliefs[0], value=D(5)),)), "优抚（低保户）定额"),
    ("reliefs", replace(A, reliefs=A.reliefs + A.reliefs[:1]), "优抚类型重复"),
    ("discount_to", replace(B, discount=replace(B.discount, window_to=date(2025, 11, 24))), "优惠终止时间须早于"),
    ("discount_value", replace(A, discount=Discount(method="percent", value=D(101))), "优惠百分比"),
    ("over_step", replace(E, over=replace(E.over, step=D(0))), "超高步长"),
]


@pytest.mark.parametrize(("field", "wrong", "words"), WRONG, ids=[f"{n}-{w[0]}" for n, w in enumerate(WRONG)])
def test_a_wrong_product_is_refused_with_a_sentence_at_its_field(field, wrong, words):
    found = findings(wrong)
    assert any(f.field == field and words in f.sentence for f in found), found


def test_the_company_may_ask_for_a_longer_gap():
    assert not findings(A, least_gap=1)
    assert [f.field for f in findings(A, least_gap=5)] == ["late_gap_days"]


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        (tariff.Method, states.Method),
        (tariff.LateMethod, states.LateMethod),
        (tariff.PricePeriod, states.PricePeriod),
        (tariff.AreaBasis, states.AreaBasis),
        (tariff.LateBase, states.LateBase),
        (tariff.PartMonth, states.PartMonth),
        (tariff.Lapse, states.Lapse),
        (tariff.LineName, states.Line),
    ],
)
def test_the_words_of_the_rules_are_those_stored(words, stored):
    assert set(get_args(words)) == set(stored.values)
