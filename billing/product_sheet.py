"""产品 as a workbook: one row is one product with the terms that count; it comes in by `billing.services.products`.

Only the built-in relief types have columns; rules of other types are shown together and kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from import_export.fields import Field

from billing.models import Product, ProductVersion, ReliefRule, Season
from billing.services.products import COLUMNS, RELIEF_COLUMNS, add_product, save_version, terms
from billing.states import Lapse, VersionState
from heating.kit.backoffice.resource import Found, ServiceResource, Text, Word
from heating.kit.backoffice.service import OUT_OF_REACH
from heating.kit.errors import Refusal
from heating.kit.rounding import plain
from org.models import Office
from property.states import Relief

ADD, CHANGE = "billing.add_product", "billing.change_product"
YEARS = range(1990, 2101)
OFFICE = "归属机构编码"
RELIEFS = {stored: str(word) for stored, word in Relief.choices if stored != Relief.NONE}
PARTS = {"method": "计算方式", "value": "值", "window_from": "缴费起", "window_to": "缴费止"}
# What a block of the terms cannot be reckoned without, once its first column is filled in.
NEEDS = {
    "over_rule": ("over_base",),
    "late_method": ("late_value", "late_from"),
    "vacancy_method": ("vacancy_value", "vacancy_from", "vacancy_to"),
    "discount_method": ("discount_value",),
}
FIXED = ("name", "kind", "office", "season", "active")


def column(name: str) -> Any:
    return ProductVersion._meta.get_field(name)


class Named(Text):
    """A text that is needed and no longer than its column."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.about: Any = Product._meta.get_field(name)

    def clean(self, value: Any, row: Any = None, **options: Any) -> str:
        if not value or len(str(value)) > self.about.max_length:
            raise ValueError(f"{self.about.verbose_name}须填写，最多 {self.about.max_length} 个字")
        return str(value)


class Choice(Word):
    """A word, or nothing."""

    def clean(self, value: Any, row: Any = None, **options: Any) -> Any:
        return super().clean(value, row, **options) if value else None


class Day(Text):
    """A date, or nothing."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title

    def clean(self, value: Any, row: Any = None, **options: Any) -> Any:
        if not value:
            return None
        text = str(value).removesuffix("T00:00:00")
        try:
            day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
        except ValueError:
            day = None
        if day is None or day.year not in YEARS:
            raise ValueError(f"{self.title}应为日期，如 2025-09-01")
        return day


class Figure(Text):
    """A number that is not negative and fits its column, or nothing."""

    def __init__(self, title: str, about: Any) -> None:
        super().__init__()
        self.title, self.places = title, getattr(about, "decimal_places", 0)
        self.digits = about.max_digits - self.places if self.places else 4

    def clean(self, value: Any, row: Any = None, **options: Any) -> Any:
        if not value:
            return None
        part = rf"(\.[0-9]{{1,{self.places}}})?" if self.places else ""
        if not re.fullmatch(rf"[0-9]{{1,{self.digits}}}{part}", str(value)):
            kind = f"数字，最多 {self.places} 位小数" if self.places else "整数"
            raise ValueError(f"{self.title}应为不小于 0 的{kind}")
        return Decimal(str(value)) if self.places else int(value)

    def render(self, value: Any, obj: Any = None, **options: Any) -> str:
        return "" if value is None else plain(value)


class SeasonNamed(Text):
    """A season named among those of the office's company."""

    def clean(self, value: Any, row: Any = None, **options: Any) -> Any:
        company = Office.objects.filter(code=row[OFFICE]).values("company")
        seasons = Season.objects.visible_to(options["user"], CHANGE).filter(company__in=company)
        found = seasons.filter(name=value).first()
        if found is None:
            raise ValueError(f"采暖季“{value}”不存在，或者不在您的数据范围内")
        return found


def widget(title: str, about: Any) -> Text:
    if isinstance(about, models.BooleanField):
        return Choice(title, ((True, "是"), (False, "否")))
    if about.choices:
        return Choice(title, about.choices)
    return Day(title) if isinstance(about, models.DateField) else Figure(title, about)


def sheet(product: Any) -> dict[str, Any]:
    """Return the cells of the terms: those that count, until a row of a file has put its own in their place."""
    if "sheet" not in vars(product):
        version = counting(product)
        values, reliefs = terms(version) if version else ({}, [])
        product.sheet = {name: None if value == "" else value for name, value in values.items()}
        product.sheet |= {f"{rule['relief']}_{part}": rule[part] for rule in reliefs for part in PARTS}
    cells: dict[str, Any] = product.sheet
    return cells


def counting(product: Any) -> Any:
    """Return the version that counts, if there is one."""
    if "effective" not in vars(product):
        kept = ProductVersion.objects.filter(state=VersionState.EFFECTIVE, product=product.pk)
        product.effective = list(kept.prefetch_related("relief_rules"))
    return next(iter(product.effective), None)


class TermField(Field):
    """One cell of the terms."""

    def get_value(self, instance: Any) -> Any:
        return sheet(instance).get(str(self.attribute))

    def save(self, instance: Any, row: Any, is_m2m: bool = False, **options: Any) -> None:
        sheet(instance)[str(self.attribute)] = self.clean(row, **options)


def cells() -> Iterator[tuple[str, TermField]]:
    """Return the columns of the terms: those of the version, then four for each built-in relief type."""
    for name in COLUMNS:
        title = str(column(name).verbose_name)
        yield name, TermField(name, title, widget(title, column(name)))
    for relief, word in RELIEFS.items():
        for part, called in PARTS.items():
            title = word + called
            about = ReliefRule._meta.get_field(part)
            yield f"{relief}_{part}", TermField(f"{relief}_{part}", title, widget(title, about))


TERMS = dict(cells())


def filled(product: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the terms of the row as the services take them; `Refusal` names a cell that is missing."""
    held, values = sheet(product), {}
    for name in COLUMNS:
        values[name] = held.get(name)
        if values[name] is None:
            about = column(name)
            if not (about.has_default() or about.blank):
                raise Refusal(f"{about.verbose_name}不能为空")
            values[name] = about.get_default()
    for first, needed in NEEDS.items():
        if values[first] not in ("", "none"):
            _need(values, needed)
    return values, [*_reliefs(product, held)]


def _need(held: dict[str, Any], names: Any) -> None:
    for name in names:
        if held.get(name) is None:
            raise Refusal(f"{TERMS[name].column_name}不能为空")


def _reliefs(product: Any, held: dict[str, Any]) -> Iterator[dict[str, Any]]:
    version = counting(product)
    stored = {rule["relief"]: rule for rule in (terms(version)[1] if version else [])}
    for relief in RELIEFS:
        names = [f"{relief}_{part}" for part in PARTS]
        if any(held.get(name) is not None for name in names):
            _need(held, names)
            rule = {part: held[f"{relief}_{part}"] for part in PARTS}
            yield {"relief": relief, "lapse": stored.get(relief, {}).get("lapse", Lapse.KEEP)} | rule
    yield from (rule for relief, rule in stored.items() if relief not in RELIEFS)


def alike(terms: tuple[dict[str, Any], list[dict[str, Any]]]) -> Any:
    """Return terms in a shape that compares them, whatever the order of the relief rules."""
    values, reliefs = terms
    return values, sorted((tuple(rule[name] for name in RELIEF_COLUMNS) for rule in reliefs), key=lambda r: str(r[0]))


class ProductResource(ServiceResource):
    """The row is found by 产品编号 in the company of its office; only its terms may change, as the next version."""

    change_permission = CHANGE

    code = Field("code", "产品编号", Named("code"))
    name = Field("name", "产品名称", Named("name"))
    kind = Field("kind", "产品类型", Word("产品类型", Product._meta.get_field("kind").choices or ()))
    office = Field("office", OFFICE, Found(OFFICE, lambda actor: Office.objects.visible_to(actor, CHANGE)))
    season = Field("season", "采暖季", SeasonNamed())
    active = Field("active", "状态", Word("状态", ((True, "启用"), (False, "停用"))))
    version = Field(column_name="版本", readonly=True)
    locals().update(TERMS)
    others = Field(column_name="其他优抚标准", readonly=True)

    class Meta:
        model = Product
        import_id_fields = ("code", "office")
        fields = ("code", *FIXED, "version", *TERMS, "others")
        skip_unchanged = report_skipped = True

    def dehydrate_version(self, product: Product) -> str:
        version = counting(product)
        return str(version.number) if version else ""

    def dehydrate_others(self, product: Product) -> str:
        version = counting(product)
        rules = [rule for rule in version.relief_rules.all() if rule.relief not in RELIEFS] if version else []
        return "；".join(
            f"{rule.relief} {rule.get_method_display()} {plain(rule.value)} {rule.window_from} 至 {rule.window_to}"
            for rule in rules
        )

    def get_queryset(self) -> Any:
        return Product.objects.visible_to(self.actor, self.change_permission).select_related("office", "season")

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        """The code is unique in a company only, and whoever sees all data may see several companies."""
        company = Office.objects.filter(code=row[OFFICE]).values("company")
        return self.get_queryset().filter(company__in=company, code=row["产品编号"]).first()

    def import_instance(self, instance: Any, row: Any, **options: Any) -> None:
        super().import_instance(instance, row, **options)
        if instance.office_id is None:
            raise Refusal(f"{OFFICE}不能为空")

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        """A row that says what the version that counts or the waiting draft says changes nothing."""
        if super().skip_row(instance, original, row, import_validation_errors):
            return True
        if original.pk is None or moved(instance, original):
            return False
        asked = alike(filled(instance))
        kept = instance.versions.filter(state__in=(VersionState.EFFECTIVE, VersionState.DRAFT))
        return any(asked == alike(terms(version)) for version in kept)

    def save_instance(self, instance: Any, is_create: bool, row: Any, **options: Any) -> None:
        instance.pk = (self._added if is_create else self._changed)(instance).product_id

    def _added(self, product: Any) -> ProductVersion:
        for name, held in (("name", product.name), ("kind", product.kind), ("season", product.season_id)):
            if not held:
                raise Refusal(f"{self.fields[name].column_name}不能为空")
        if not product.active:
            raise Refusal("新产品的状态应为 启用")
        if not Office.objects.visible_to(self.actor, ADD).filter(pk=product.office_id).exists():
            raise Refusal(OUT_OF_REACH)
        data = {name: getattr(product, name) for name in ("office", "code", "name", "kind")}
        return add_product(product.season, data, *filled(product), actor=self.actor)

    def _changed(self, product: Any) -> ProductVersion:
        found = moved(product, Product.objects.get(pk=product.pk))
        if found:
            raise Refusal(f"{self.fields[found[0]].column_name}不能通过导入修改")
        return save_version(product.pk, *filled(product), actor=self.actor)


def moved(product: Any, stored: Any) -> list[str]:
    """Return what a row would change besides the terms."""
    return [name for name in FIXED if getattr(product, name) != getattr(stored, name)]
