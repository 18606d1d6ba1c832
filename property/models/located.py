"""The place columns that a row copies from its room and keeps: company, office, 小区 and 楼幢."""

from typing import Any

from django.db import models

from org.models import Office
from property.models.places import Building, Community

COLUMNS = ("company_id", "office_id", "community_id", "building_id")


def place_of(row: Any) -> dict[str, int]:
    """Return the place columns of a room, or of a row that copied them, for the row that is made from it."""
    return {name: getattr(row, name) for name in COLUMNS}


class Located(models.Model):
    """A row at the place of a room."""

    company = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="公司", db_index=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="机构")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name="小区", db_index=False)
    building = models.ForeignKey(Building, models.PROTECT, related_name="+", verbose_name="楼幢", db_index=False)

    class Meta:
        abstract = True


class LocatedInBulk(models.Model):
    """The same for tables that are loaded in bulk: no constraints, each of which costs 5 µs a row."""

    company = models.ForeignKey(
        Office, models.PROTECT, related_name="+", verbose_name="公司", db_constraint=False, db_index=False
    )
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="机构", db_constraint=False)
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="+", verbose_name="小区", db_constraint=False, db_index=False
    )
    building = models.ForeignKey(
        Building, models.PROTECT, related_name="+", verbose_name="楼幢", db_constraint=False, db_index=False
    )

    class Meta:
        abstract = True
