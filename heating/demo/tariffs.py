"""Season 2025-2026 and the two products of the demo: A and E of the worked examples."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from billing.models import Product, ProductVersion, ReliefRule, Season
from billing.states import LateMethod, Method, OverRule, ProductKind, SeasonState, VersionState
from org.models import Office

RESIDENT: dict[str, Any] = {
    "pay_from": date(2025, 9, 1),
    "pay_to": date(2025, 12, 31),
    "price": Decimal("24.00"),
    "months": Decimal(4),
    "season_days": 121,
    "late_method": LateMethod.FIXED,
    "late_value": Decimal("0.05"),
    "late_from": date(2026, 1, 1),
    "late_gap_days": 1,
    "vacancy_method": Method.PERCENT,
    "vacancy_value": Decimal(30),
    "vacancy_from": date(2025, 9, 1),
    "vacancy_to": date(2025, 10, 31),
    "discount_method": Method.PERCENT,
    "discount_value": Decimal(2),
    "discount_from": date(2025, 9, 1),
    "discount_to": date(2025, 9, 30),
}
RELIEFS = (("low_income", Method.PERCENT, Decimal(50)), ("special", Method.FIXED, Decimal("3.00")))
BUSINESS: dict[str, Any] = {
    "pay_from": date(2025, 4, 1),
    "pay_to": date(2025, 10, 31),
    "price": Decimal("32.00"),
    "months": Decimal(5),
    "season_days": 151,
    "late_method": LateMethod.PERCENT,
    "late_value": Decimal(3),
    "late_from": date(2025, 12, 1),
    "late_gap_days": 31,
    "over_rule": OverRule.STEP,
    "over_base": Decimal("3.50"),
    "over_step": Decimal("0.30"),
    "over_percent": Decimal(10),
}


def add_season(company: Office, year: int, *, current: bool) -> Season:
    """Make a heating season from 11-15 to 03-15."""
    return Season.objects.create(
        company=company,
        year=year,
        name=f"{year}-{year + 1}采暖季",
        starts_on=date(year, 11, 15),
        ends_on=date(year + 1, 3, 15),
        state=SeasonState.HEATING if current else SeasonState.ENDED,
        current=current,
    )


def add_products(season: Season, actor: User) -> tuple[ProductVersion, ProductVersion]:
    """Make RZ-2025 (居民, product A) and FJ-2025 (非居民, product E), both effective."""
    resident = _product(season, "RZ-2025", "居民热力费", ProductKind.RESIDENT, RESIDENT, actor)
    ReliefRule.objects.bulk_create(
        ReliefRule(
            version=resident,
            relief=relief,
            method=method,
            value=value,
            window_from=date(2025, 9, 1),
            window_to=date(2026, 1, 31),
        )
        for relief, method, value in RELIEFS
    )
    business = _product(season, "FJ-2025", "非居民热力费", ProductKind.BUSINESS, BUSINESS, actor)
    for version in (resident, business):
        version.state, version.effective_at = VersionState.EFFECTIVE, timezone.now()
        version.save(update_fields=["state", "effective_at"])
    return resident, business


def _product(
    season: Season, code: str, name: str, kind: ProductKind, fields: dict[str, Any], actor: User
) -> ProductVersion:
    product = Product.objects.create(
        company_id=season.company_id,
        office_id=season.company_id,
        season=season,
        code=code,
        name=name,
        kind=kind,
        created_by=actor,
    )
    return ProductVersion.objects.create(product=product, number=1, created_by=actor, **fields)
