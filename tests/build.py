"""Builders: plain functions that make stored things with believable defaults.

The cast: alice (cashier, east site), bob (approver, company), charlie (cashier, west site).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q

from accounts.models import DataScope, Role, User
from billing.models import Contract, Order, Product, ProductVersion, ReliefRule, Season
from billing.services.pricing import refresh
from billing.states import ContractSource, ContractState, FeeKind, ProductKind, SeasonState, VersionState
from heating.kit.natural import natural_key
from org.models import Office, OfficeKind, Parameter
from org.services import add_office
from property.models import Building, Community, Owner, Room, Unit

serial = itertools.count(1)

CASHIER_PERMISSIONS = (
    "property.view_owner",
    "property.view_room",
    "billing.view_order",
    "billing.view_product",
    "payments.take_payment",
    "payments.reverse_payment",
    "payments.view_payment",
    "payments.reprint_receipt",
)


def company(name: str = "红日热力公司", **fields: Any) -> Office:
    """A root company."""
    data = {"parent": None, "name": name, "kind": OfficeKind.COMPANY, "level": 1, "code": f"C{next(serial):03d}"}
    return add_office(data | fields, actor=None)


def site(parent: Office, name: str = "东城收费站", **fields: Any) -> Office:
    """A 收费站点 under `parent`."""
    data = {"parent": parent, "name": name, "kind": OfficeKind.SITE, "level": 2, "code": f"S{next(serial):03d}"}
    return add_office(data | fields, actor=None)


def parameter(of: Office, key: str, value: str) -> None:
    """A parameter that a company has set."""
    Parameter.objects.update_or_create(company=of, key=key, defaults={"value": value})


def permissions(*names: str) -> list[Permission]:
    """Look up "app.codename" permissions; every one must exist."""
    wanted = Q()
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(wanted)) if names else []
    assert len(found) == len(set(names)), f"unknown permissions among {names}"
    return found


def role(
    office: Office,
    *names: str,
    scope: str = DataScope.COMPANY_BELOW,
    title: str = "",
    others: Mapping[str, Sequence[str]] | None = None,
) -> Role:
    """A role of `office` that holds `names` with one data scope, and `others` by theirs."""
    n = next(serial)
    apart = {scope: list(held) for scope, held in (others or {}).items()}
    title = title or f"角色{n}"
    made = Role.objects.create(name=f"role-{n}", title=title, office=office, scope=scope, other_scopes=apart)
    made.permissions.set(permissions(*names, *(name for held in apart.values() for name in held)))
    return made


def user(username: str, office: Office | None, *roles: Role, **fields: Any) -> User:
    """A user of `office` with `roles`; the password is the user name + "-Pass-1"."""
    made = User(
        username=username, name=fields.pop("name", username), office=office, must_change_password=False, **fields
    )
    made.set_password(f"{username}-Pass-1")
    made.save()
    made.groups.set(roles)
    return made


def cashier(office: Office, username: str = "alice", scope: str = DataScope.COMPANY) -> User:
    """A cashier whose whole company comes to the window."""
    return user(username, office, role(office.company, *CASHIER_PERMISSIONS, scope=scope))


def community(office: Office, name: str = "阳光小区", **fields: Any) -> Community:
    """小区 of `office`."""
    defaults = {"company": office.company, "office": office, "sort_key": natural_key(name)}
    return Community.objects.create(name=name, **(defaults | fields))


def building(where: Community, name: str = "1号楼", **fields: Any) -> Building:
    """楼幢."""
    return Building.objects.create(community=where, name=name, sort_key=natural_key(name), **fields)


def unit(where: Building, name: str = "1单元", **fields: Any) -> Unit:
    """单元."""
    return Unit.objects.create(building=where, name=name, sort_key=natural_key(name), **fields)


def owner(office: Office, name: str = "", phone: str = "", **fields: Any) -> Owner:
    """业主 of `office`'s company."""
    n = next(serial)
    defaults = {"company": office.company, "office": office, "number": f"T{n:08d}"}
    return Owner.objects.create(name=name or f"业主{n}", phone=phone or f"160{n:08d}", **(defaults | fields))


def room(where: Unit | None = None, *, office: Office | None = None, number: str = "", **fields: Any) -> Room:
    """户室 with its own owner and account unless given; makes the place under `office` when there is no unit."""
    n = next(serial)
    if where is None:
        where = unit(building(community(office or site(company()), name=f"小区{n}")))
    block = where.building
    area = block.community
    number = number or f"{n}01"
    defaults = {
        "company": area.company,
        "office": area.office,
        "community": area,
        "building": block,
        "account_no": f"{n:010d}",
        "floor_area": Decimal("89.55"),
        "address": f"{area.name}{block.name}{where.name}{number}",
        "sort_key": "|".join((area.sort_key, block.sort_key, where.sort_key, natural_key(number))),
    }
    values = defaults | fields
    if "owner" not in values:
        values["owner"] = owner(area.office)
    return Room.objects.create(unit=where, number=number, **values)


def season(of: Office, year: int = 2025, **fields: Any) -> Season:
    """采暖季 from 11-15 to 03-15; the current one by default."""
    defaults = {
        "name": f"{year}-{year + 1}采暖季",
        "starts_on": date(year, 11, 15),
        "ends_on": date(year + 1, 3, 15),
        "state": SeasonState.COLLECTING,
        "current": True,
    }
    return Season.objects.create(company=of.company, year=year, **(defaults | fields))


@dataclass(frozen=True)
class Sheet:
    """One product of the worked examples as stored fields."""

    code: str
    name: str
    kind: str
    version: dict[str, Any]
    reliefs: tuple[dict[str, Any], ...] = ()


PRODUCT_A = Sheet(
    "RZ-2025",
    "居民热力费",
    ProductKind.RESIDENT,
    {
        "pay_from": date(2025, 9, 1),
        "pay_to": date(2025, 12, 31),
        "price": Decimal("24.00"),
        "months": Decimal(4),
        "season_days": 121,
        "late_method": "fixed",
        "late_value": Decimal("0.05"),
        "late_from": date(2026, 1, 1),
        "late_gap_days": 1,
        "vacancy_method": "percent",
        "vacancy_value": Decimal(30),
        "vacancy_from": date(2025, 9, 1),
        "vacancy_to": date(2025, 10, 31),
        "discount_method": "percent",
        "discount_value": Decimal(2),
        "discount_from": date(2025, 9, 1),
        "discount_to": date(2025, 9, 30),
    },
    tuple(
        {
            "relief": relief,
            "method": method,
            "value": Decimal(value),
            "window_from": date(2025, 9, 1),
            "window_to": date(2026, 1, 31),
        }
        for relief, method, value in (("low_income", "percent", "50"), ("special", "fixed", "3.00"))
    ),
)

PRODUCT_E = Sheet(
    "FJ-2025",
    "非居民热力费",
    ProductKind.BUSINESS,
    {
        "pay_from": date(2025, 4, 1),
        "pay_to": date(2025, 10, 31),
        "price": Decimal("32.00"),
        "months": Decimal(5),
        "season_days": 151,
        "late_method": "percent",
        "late_value": Decimal(3),
        "late_from": date(2025, 12, 1),
        "late_gap_days": 31,
        "over_rule": "step",
        "over_base": Decimal("3.50"),
        "over_step": Decimal("0.30"),
        "over_percent": Decimal(10),
    },
)


def product(of: Season, sheet: Sheet = PRODUCT_A, **fields: Any) -> ProductVersion:
    """A product with one effective version; returns the version. `fields` change the version."""
    made = Product.objects.create(
        company_id=of.company_id, office_id=of.company_id, season=of, code=sheet.code, name=sheet.name, kind=sheet.kind
    )
    version = ProductVersion.objects.create(
        product=made, number=1, state=VersionState.DRAFT, **(sheet.version | fields)
    )
    ReliefRule.objects.bulk_create(ReliefRule(version=version, **rule) for rule in sheet.reliefs)
    version.state = VersionState.EFFECTIVE
    version.save(update_fields=["state"])
    return version


def contract(of: Room, version: ProductVersion, **fields: Any) -> Contract:
    """An approved contract of a room."""
    defaults = {
        "company_id": of.company_id,
        "office_id": of.office_id,
        "community_id": of.community_id,
        "building_id": of.building_id,
        "owner_id": of.owner_id,
        "season_id": version.product.season_id,
        "product_id": version.product_id,
        "number": f"HT{next(serial):010d}",
        "state": ContractState.APPROVED,
        "source": ContractSource.IMPORT,
    }
    return Contract.objects.create(room=of, version=version, **(defaults | fields))


def _bare_order(of: Room, season: Season, **fields: Any) -> Order:
    n = next(serial)
    defaults = {
        "number": f"D{n:016d}",
        "company_id": of.company_id,
        "office_id": of.office_id,
        "community_id": of.community_id,
        "building_id": of.building_id,
        "owner_id": of.owner_id,
        "season": season,
        "account_no": of.account_no,
        "owner_name": of.owner.name,
        "owner_kind": of.owner.kind,
        "address": of.address,
        "principal": Decimal(0),
        "line_amount": Decimal(0),
        "priced_on": date(2000, 1, 1),
    }
    return Order.objects.create(room=of, **(defaults | fields))


def order(signed: Contract, *, on: date, **fields: Any) -> Order:
    """The order of a contract, priced on a day."""
    home = signed.room
    made = _bare_order(
        home,
        signed.season,
        contract=signed,
        version=signed.version,
        floor_area=home.floor_area,
        inner_area=home.inner_area,
        height=home.height,
        relief=home.owner.relief,
        product_kind=signed.product.kind,
        **fields,
    )
    return refresh(made, on=on, actor=None)


def old_debt(of: Room, season: Season, amount: str) -> Order:
    """An order for 往年欠费."""
    value = Decimal(amount)
    return _bare_order(
        of, season, fee_kind=FeeKind.ARREARS, principal=value, line_amount=value, priced_on=date(2025, 9, 1)
    )
