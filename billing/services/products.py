"""产品: every save is a new version; what has been billed keeps the version it was billed by (docs/tariff.md)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from billing.models import Contract, Order, Product, ProductVersion, ReliefRule, Season
from billing.queries import tariff_of
from billing.rules.checks import Finding, findings
from billing.states import VersionState
from heating.audit.services import record
from heating.kit.errors import Refusal
from org.parameters import number_parameter

# A version's columns that a person fills in; the relief rules come beside them.
COLUMNS = tuple(
    field.name
    for field in ProductVersion._meta.concrete_fields
    if field.name not in ("id", "product", "number", "state", "created_by", "created_at", "effective_at")
)
RELIEF_COLUMNS = ("relief", "method", "value", "window_from", "window_to", "lapse")


def version_findings(values: dict[str, Any], reliefs: list[dict[str, Any]], *, company_id: int) -> list[Finding]:
    """Return all reasons not to save a version with these columns and relief rules, each with its field's name."""
    draft = ProductVersion(**values)
    least = number_parameter(company_id, "滞纳金最小间隔天数")
    return findings(tariff_of(draft, [ReliefRule(**rule) for rule in reliefs]), least_gap=least)


@transaction.atomic
def add_product(
    season: Season, data: dict[str, Any], values: dict[str, Any], reliefs: list[dict[str, Any]], *, actor: Any
) -> ProductVersion:
    """Make a product of a season with its first version, which counts at once.

    `data`: office, code, name, kind. `Refusal` with the first finding of the save-time checks, or for a taken code.
    """
    code = data["code"]
    if Product.objects.filter(company_id=season.company_id, code=code).exists():
        raise Refusal("产品编号已被使用", field="code")
    product = Product.objects.create(company_id=season.company_id, season=season, created_by=actor, **data)
    version = _write(product, values, reliefs, actor=actor)
    _take_effect(version, None)
    record(actor, "product.add", version, after=_shown(values, reliefs), office_id=product.office_id)
    return version


@transaction.atomic
def save_version(pk: int, values: dict[str, Any], reliefs: list[dict[str, Any]], *, actor: Any) -> ProductVersion:
    """Save changed terms of a product as its next version.

    It counts at once for a product that nobody has signed; otherwise it is a draft until `activate_version`.
    """
    product = Product.objects.visible_to(actor, "billing.change_product").locked(pk)
    current = product.versions.filter(state=VersionState.EFFECTIVE).first()
    product.versions.filter(state=VersionState.DRAFT).update(state=VersionState.RETIRED)
    version = _write(product, values, reliefs, actor=actor)
    if not usage(product):
        _take_effect(version, current)
    before = _shown(*terms(current)) if current else None
    record(actor, "product.save", version, before=before, after=_shown(values, reliefs), office_id=product.office_id)
    return version


@transaction.atomic
def activate_version(pk: int, *, actor: Any) -> ProductVersion:
    """Let a draft count for new contracts; contracts and orders that stand keep theirs until they are re-rated."""
    asked = ProductVersion.objects.visible_to(actor, "billing.change_product").get(pk=pk)
    product = Product.objects.visible_to(actor, "billing.change_product").locked(asked.product_id)
    draft: ProductVersion = ProductVersion.objects.select_for_update().get(pk=pk)
    if draft.state != VersionState.DRAFT:
        raise Refusal("只有草稿版本可以生效")
    _take_effect(draft, product.versions.filter(state=VersionState.EFFECTIVE).first())
    record(actor, "product.activate", draft, after=draft.number, office_id=product.office_id)
    return draft


def _write(product: Product, values: dict[str, Any], reliefs: list[dict[str, Any]], *, actor: Any) -> ProductVersion:
    wrong = version_findings(values, reliefs, company_id=product.company_id)
    if wrong:
        raise Refusal(wrong[0].sentence, field=wrong[0].field)
    number = (product.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = ProductVersion.objects.create(product=product, number=number, created_by=actor, **values)
    ReliefRule.objects.bulk_create(ReliefRule(version=version, **rule) for rule in reliefs)
    return version


def _take_effect(version: ProductVersion, current: ProductVersion | None) -> None:
    if current is not None:
        current.state = VersionState.RETIRED
        current.save(update_fields=["state"])
    version.state, version.effective_at = VersionState.EFFECTIVE, timezone.now()
    version.save(update_fields=["state", "effective_at"])


def terms(version: ProductVersion) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the columns and relief rules of a version, as `save_version` takes them."""
    values = {name: getattr(version, name) for name in COLUMNS}
    reliefs = [{name: getattr(rule, name) for name in RELIEF_COLUMNS} for rule in version.relief_rules.all()]
    return values, reliefs


def _shown(values: dict[str, Any], reliefs: list[dict[str, Any]]) -> dict[str, Any]:
    shown = {name: str(value) for name, value in values.items() if value not in (None, "")}
    return shown | {f"relief.{r['relief']}": {name: str(value) for name, value in r.items()} for r in reliefs}


def usage(product: Product) -> int:
    """Return how many contracts and orders were ever made by a product."""
    contracts = Contract.objects.filter(product=product).count()
    return contracts or Order.objects.filter(version__product=product).count()


@transaction.atomic
def copy_product(pk: int, season: Season, code: str, *, actor: Any) -> ProductVersion:
    """Make a product of `season` with the terms of another one, as a draft whose dates are moved by whole years."""
    source = Product.objects.visible_to(actor, "billing.add_product").select_related("season").get(pk=pk)
    version = source.versions.exclude(state=VersionState.DRAFT).order_by("-number").first()
    if version is None or source.company_id != season.company_id:
        raise Refusal("没有可复制的版本")
    if Product.objects.filter(company_id=season.company_id, code=code).exists():
        raise Refusal("产品编号已被使用", field="code")
    years = season.year - source.season.year
    values, reliefs = terms(version)
    copy = Product.objects.create(
        company_id=source.company_id,
        office_id=source.office_id,
        season=season,
        code=code,
        name=source.name,
        kind=source.kind,
        created_by=actor,
    )
    made = _write(copy, _moved(values, years), [_moved(rule, years) for rule in reliefs], actor=actor)
    record(actor, "product.copy", made, before=str(version), after=str(made), office_id=copy.office_id)
    return made


def _moved(values: dict[str, Any], years: int) -> dict[str, Any]:
    """Move every date by whole years; 29 February becomes 28 February."""

    def moved(value: Any) -> Any:
        if not hasattr(value, "replace") or not hasattr(value, "year"):
            return value
        day = 28 if (value.month, value.day) == (2, 29) else value.day
        return value.replace(year=value.year + years, day=day)

    return {name: moved(value) for name, value in values.items()}


@transaction.atomic
def deactivate_product(pk: int, *, actor: Any) -> Product:
    """停用: no new contracts; what stands stays."""
    product: Product = Product.objects.visible_to(actor, "billing.change_product").locked(pk)
    product.active = False
    product.save(update_fields=["active"])
    record(actor, "product.deactivate", product, before=True, after=False)
    return product


@transaction.atomic
def delete_product(pk: int, *, actor: Any) -> None:
    """Delete a product that was never used; `Refusal` names how many contracts or orders it had."""
    product = Product.objects.visible_to(actor, "billing.delete_product").locked(pk)
    used = usage(product)
    if used:
        raise Refusal(f"该产品已有 {used} 户签约或订单，不能删除，可以停用")
    record(actor, "product.delete", product, before=str(product))
    product.versions.all().delete()
    product.delete()
