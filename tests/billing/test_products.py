"""Products are saved as versions; seasons move on step by step."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from billing.models import Order, Product, ProductVersion
from billing.services.bill_run import bill_contracts
from billing.services.products import (
    activate_version,
    add_product,
    copy_product,
    deactivate_product,
    delete_product,
    save_version,
    terms,
)
from billing.services.seasons import add_season, advance_season
from billing.states import ProductKind, SeasonState, VersionState
from heating.kit.errors import Refusal
from tests import build

PERMISSIONS = ("billing.add_product", "billing.change_product", "billing.delete_product", "billing.change_season")
pytestmark = pytest.mark.django_db


class Town:
    def __init__(self) -> None:
        self.company = build.company()
        self.season = build.season(self.company)
        self.site = build.site(self.company)
        self.boss = build.user("boss", self.company, build.role(self.company, *PERMISSIONS))
        self.values, self.reliefs = build.PRODUCT_A.version, list(build.PRODUCT_A.reliefs)
        self.data = {"office": self.company, "code": "RZ-2025", "name": "居民", "kind": ProductKind.RESIDENT}

    def add(self) -> ProductVersion:
        return add_product(self.season, self.data, self.values, self.reliefs, actor=self.boss)

    def save(self, version: ProductVersion, **changes) -> ProductVersion:
        values, reliefs = terms(version)
        return save_version(version.product_id, values | changes, reliefs, actor=self.boss)


@pytest.fixture
def town() -> Town:
    return Town()


def test_a_new_product_counts_at_once(town):
    version = town.add()
    assert (version.number, version.state, version.relief_rules.count()) == (1, VersionState.EFFECTIVE, 2)
    with pytest.raises(Refusal, match="产品编号已被使用"):
        town.add()


def test_a_wrong_product_is_refused_at_its_field(town):
    town.values = town.values | {"late_from": date(2025, 12, 31)}
    with pytest.raises(Refusal, match="不早于 2026-01-01") as refused:
        town.add()
    assert refused.value.field == "late_from"
    assert not Product.objects.exists()


def test_changing_an_unused_product_replaces_its_version(town):
    first = town.add()
    second = town.save(first, price=D("25.00"))
    first.refresh_from_db()
    assert (first.state, second.state, second.number) == (VersionState.RETIRED, VersionState.EFFECTIVE, 2)
    assert second.relief_rules.count() == 2


def test_a_used_product_gets_a_draft_and_old_orders_keep_their_version(town):
    first = town.add()
    build.contract(build.room(office=town.site), first)
    bill_contracts(town.season, on=date(2025, 11, 20), actor=None)
    second = town.save(first, price=D("25.00"))
    assert second.state == VersionState.DRAFT
    activate_version(second.pk, actor=town.boss)
    first.refresh_from_db()
    assert first.state == VersionState.RETIRED and first.price == D("24.00")
    build.contract(build.room(office=town.site), ProductVersion.objects.get(pk=second.pk))
    bill_contracts(town.season, on=date(2025, 11, 20), actor=None)
    assert list(Order.objects.order_by("pk").values_list("version_id", "principal")) == [
        (first.pk, D("2149.20")),
        (second.pk, D("2238.75")),
    ]
    with pytest.raises(Refusal, match="只有草稿"):
        activate_version(second.pk, actor=town.boss)


def test_only_unused_products_are_deleted(town):
    version = town.add()
    build.contract(build.room(office=town.site), version)
    with pytest.raises(Refusal, match="已有 1 户"):
        delete_product(version.product_id, actor=town.boss)
    assert deactivate_product(version.product_id, actor=town.boss).active is False


def test_an_unused_product_is_deleted_with_its_versions(town):
    version = town.add()
    town.save(version, price=D("25.00"))
    delete_product(version.product_id, actor=town.boss)
    assert not Product.objects.exists() and not ProductVersion.objects.exists()


def test_a_copy_moves_every_date_by_a_year_and_is_a_draft(town):
    version = town.add()
    season = add_season(town.company, 2026, starts_on=date(2026, 11, 15), ends_on=date(2027, 3, 15), actor=town.boss)
    made = copy_product(version.product_id, season, "RZ-2026", actor=town.boss)
    assert (made.state, made.pay_from, made.late_from) == (VersionState.DRAFT, date(2026, 9, 1), date(2027, 1, 1))
    assert {rule.window_to for rule in made.relief_rules.all()} == {date(2027, 1, 31)}


def test_seasons_move_on_by_declared_steps_and_one_is_current(town):
    with pytest.raises(Refusal, match="已存在"):
        add_season(town.company, 2025, starts_on=date(2025, 11, 15), ends_on=date(2026, 3, 15), actor=town.boss)
    with pytest.raises(Refusal, match="供热开始"):
        add_season(town.company, 2026, starts_on=date(2027, 3, 15), ends_on=date(2026, 11, 15), actor=town.boss)
    following = add_season(town.company, 2026, starts_on=date(2026, 11, 15), ends_on=date(2027, 3, 15), actor=town.boss)
    assert not following.current
    assert advance_season(following.pk, "open", actor=town.boss).current
    town.season.refresh_from_db()
    assert not town.season.current
    with pytest.raises(Refusal, match="当前状态"):
        advance_season(following.pk, "archive", actor=town.boss)
    assert advance_season(following.pk, "heat", actor=town.boss).state == SeasonState.HEATING


def test_an_archived_season_is_not_billed(town):
    type(town.season).objects.filter(pk=town.season.pk).update(state=SeasonState.ARCHIVED)
    town.season.refresh_from_db()
    with pytest.raises(Refusal, match="已归档"):
        bill_contracts(town.season, on=date(2025, 11, 20), actor=None)
