"""Random tariffs, rooms and payments, and the way of both into tables."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from billing.models import Product, ProductVersion, ReliefRule, Season
from billing.rules import Discount, Inputs, LateFee, OverHeight, Payment, Special, Tariff
from billing.states import ProductKind, VersionState
from tests import build

START = date(2025, 3, 1)


@dataclass(frozen=True)
class Case:
    """One order to price."""

    tariff: Tariff
    inputs: Inputs
    payments: tuple[Payment, ...]
    on: date


def some_day(rng: random.Random, first: int = 0, last: int = 500) -> date:
    return START + timedelta(days=rng.randint(first, last))


def number(rng: random.Random, low: float, high: float, places: int) -> D:
    return round(D(str(rng.uniform(low, high))), places)


def some_special(rng: random.Random, price: D, relief: str = "") -> Special:
    first = some_day(rng, 0, 300)
    percent = rng.random() < 0.5
    value = number(rng, 0, 110, rng.choice((0, 2, 4))) if percent else number(rng, 0, float(price) / 3, 4)
    return Special(
        method="percent" if percent else "fixed",
        value=value,
        window_from=first,
        window_to=first + timedelta(days=rng.randint(0, 200)),
        lapse=rng.choice(("standard", "keep")),
        relief=relief,
        label={"low_income": "低保户", "special": "特审户"}.get(relief, ""),
    )


def some_discount(rng: random.Random, price: D) -> Discount:
    percent = rng.random() < 0.5
    dated = rng.random() < 0.6
    first = some_day(rng, 0, 300)
    return Discount(
        method="percent" if percent else "fixed",
        value=number(rng, 0, 100 if rng.random() < 0.2 else 10, 2) if percent else number(rng, 0, float(price) / 10, 4),
        window_from=first if dated else None,
        window_to=first + timedelta(days=rng.randint(0, 120)) if dated else None,
        stacks=rng.random() < 0.5,
    )


def some_late(rng: random.Random) -> LateFee:
    method = rng.choice(("fixed", "fixed", "percent", "daily"))
    return LateFee(
        method=method,
        value=number(rng, 0, {"fixed": 0.5, "percent": 20, "daily": 3}[method], 4) if rng.random() < 0.95 else D(0),
        starts_on=some_day(rng, 100, 400),
        base=rng.choice(("unpaid", "full")),
        part_month=rng.choice(("count", "drop")),
        cap=number(rng, 0, 40, 2) if rng.random() < 0.3 else None,
    )


def some_tariff(rng: random.Random) -> Tariff:
    period = rng.choice(("season", "month", "day"))
    price = number(rng, 0.05, {"season": 60, "month": 12, "day": 0.5}[period], rng.choice((1, 2, 4))) or D("0.05")
    pay_from = some_day(rng, 0, 200)
    over = rng.choice((None, None, "step", "ratio"))
    return Tariff(
        price=price,
        price_period=period,
        months=number(rng, 0.5, 12, rng.choice((0, 1, 2))) or D(1),
        season_days=rng.randint(90, 200),
        pay_from=pay_from,
        pay_to=pay_from + timedelta(days=rng.randint(0, 200)),
        area_basis=rng.choice(("floor", "floor", "inner")),
        area_factor=rng.choice((D(1), D(1), D("0.9"), D("0.8765"))),
        gap_days=rng.randint(1, 40),
        over=over and OverHeight(rule=over, base=D("3.00"), step=D("0.30"), percent=number(rng, 0, 20, 2)),
        late=some_late(rng) if rng.random() < 0.85 else None,
        vacancy=some_special(rng, price) if rng.random() < 0.6 else None,
        reliefs=tuple(some_special(rng, price, kind) for kind in ("low_income", "special") if rng.random() < 0.6),
        discount=some_discount(rng, price) if rng.random() < 0.6 else None,
    )


def some_inputs(rng: random.Random, tariff: Tariff) -> Inputs:
    area = number(rng, 0.01, rng.choice((200, 200, 200, 100000)), 2)
    return Inputs(
        floor_area=area,
        inner_area=max(D("0.01"), number(rng, 0.01, float(area), 2)),
        height=number(rng, 2, 6, 2) if rng.random() < 0.7 else None,
        vacancy=rng.random() < 0.4,
        relief=rng.choice(("normal", "normal", "low_income", "special")),
        heated_days=rng.randint(0, tariff.season_days) if rng.random() < 0.15 else None,
    )


def some_payments(rng: random.Random, about: D, on: date) -> tuple[Payment, ...]:
    """Up to three payments before `on` or on it, now and then of nothing; often they reach the principal."""
    days = sorted({on - timedelta(days=rng.choice((0, 1, 30, rng.randint(0, 400)))) for _ in range(rng.randint(1, 3))})
    return tuple(Payment(day, D(0) if rng.random() < 0.1 else number(rng, 0.01, float(about), 2)) for day in days)


def store(tariffs: Iterable[Tariff], season: Season | None = None) -> dict[Tariff, ProductVersion]:
    """Write tariffs as effective product versions of one product."""
    season = season or build.season(build.company())
    product = Product.objects.create(
        company=season.company, office=season.company, season=season, code="X", name="X", kind=ProductKind.RESIDENT
    )
    tariffs = list(tariffs)
    versions = ProductVersion.objects.bulk_create(
        ProductVersion(product=product, number=n, state=VersionState.RETIRED, **columns(tariff))
        for n, tariff in enumerate(tariffs, start=1)
    )
    rules = [ReliefRule(version=v, **relief(r)) for v, t in zip(versions, tariffs, strict=True) for r in t.reliefs]
    ReliefRule.objects.bulk_create(rules)
    return dict(zip(tariffs, versions, strict=True))


def columns(tariff: Tariff) -> dict[str, Any]:
    """Return a tariff as columns of a product version."""
    plain = ("price", "months", "season_days", "pay_from", "pay_to", "price_period", "area_basis", "area_factor")
    made: dict[str, Any] = {name: getattr(tariff, name) for name in plain}
    made["late_gap_days"] = tariff.gap_days
    if tariff.over:
        made |= {
            "over_rule": tariff.over.rule,
            "over_base": tariff.over.base,
            "over_step": tariff.over.step,
            "over_percent": tariff.over.percent,
        }
    if tariff.late:
        late = {name: getattr(tariff.late, name) for name in ("method", "value", "base", "part_month", "cap")}
        made |= {f"late_{name}": value for name, value in late.items()} | {"late_from": tariff.late.starts_on}
    if tariff.vacancy:
        made |= {f"vacancy_{name}": getattr(tariff.vacancy, name) for name in ("method", "value", "lapse")}
        made |= {"vacancy_from": tariff.vacancy.window_from, "vacancy_to": tariff.vacancy.window_to}
    if tariff.discount:
        made |= {f"discount_{name}": getattr(tariff.discount, name) for name in ("method", "value", "stacks")}
        made |= {"discount_from": tariff.discount.window_from, "discount_to": tariff.discount.window_to}
    return made


def relief(rule: Special) -> dict[str, Any]:
    """Return a relief price as columns."""
    return {name: getattr(rule, name) for name in ("relief", "method", "value", "window_from", "window_to", "lapse")}


def load(cases: list[Case], versions: dict[Tariff, ProductVersion]) -> None:
    """Write cases to the temporary tables `cases` and `paid`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMP TABLE cases (key int, price_on date, version_id bigint, floor_area numeric(10,2),
            inner_area numeric(10,2), height numeric(10,2), vacancy boolean, relief text, heated_days int);
            CREATE TEMP TABLE paid (key int, day date, amount numeric(14,2))"""
        )
        rows = [
            (key, c.on, versions[c.tariff].pk, i.floor_area, i.inner_area, i.height, i.vacancy, i.relief, i.heated_days)
            for key, c in enumerate(cases)
            for i in [c.inputs]
        ]
        execute_values(cursor, "INSERT INTO cases VALUES %s", rows, page_size=1000)
        money = [(key, p.on, p.amount) for key, c in enumerate(cases) for p in c.payments]
        if money:
            execute_values(cursor, "INSERT INTO paid VALUES %s", money, page_size=1000)
        cursor.execute("ANALYZE cases; ANALYZE paid")
