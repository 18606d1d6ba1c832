"""采暖季: made once, moved on step by step, one of them current."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from billing.models import Season
from billing.states import SeasonState, season_flow
from heating.audit.services import record
from heating.kit.errors import Refusal
from org.models import Office


@transaction.atomic
def add_season(company: Office, year: int, *, starts_on: date, ends_on: date, actor: Any) -> Season:
    """Make the season that begins in `year`; the first one of a company is its current one.

    `Refusal` when it exists, or when the dates are not a winter of that year.
    """
    if Season.objects.filter(company=company, year=year).exists():
        raise Refusal(f"{year}-{year + 1}采暖季已存在", field="year")
    if not (date(year, 7, 1) <= starts_on < ends_on <= date(year + 1, 7, 31)):
        raise Refusal("供热开始须早于供热结束，且在该采暖季之内", field="starts_on")
    season = Season.objects.create(
        company=company,
        year=year,
        name=f"{year}-{year + 1}采暖季",
        starts_on=starts_on,
        ends_on=ends_on,
        current=not Season.objects.filter(company=company, current=True).exists(),
    )
    record(actor, "season.add", season, after=season.name, office_id=company.pk)
    return season


@transaction.atomic
def advance_season(pk: int, transition: str, *, actor: Any) -> Season:
    """Move a season on: open, heat, end or archive. Opening one for payment makes it the current one."""
    season: Season = Season.objects.visible_to(actor, "billing.change_season").locked(pk)
    before, season.state = season.state, season_flow.next(transition, season.state)
    if season.state == SeasonState.COLLECTING and not season.current:
        Season.objects.filter(company=season.company_id, current=True).update(current=False)
        season.current = True
    season.save(update_fields=["state", "current"])
    record(actor, f"season.{transition}", season, before=before, after=season.state, office_id=season.company_id)
    return season
