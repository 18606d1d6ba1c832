"""A role made by hand with one of the eight scopes shows exactly that part, on every page.

A small tree, and in each of its offices rooms with a debt and a payment of unique prime amounts, so that a total
tells what was added up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import DataScope, Role, User
from accounts.services.roles import add_role, assign_permissions, choose_offices
from accounts.services.users import add_user, edit_user
from heating.kit.scope import Scope, ScopedQuerySet
from heating.standard_roles import SYSTEM_ADMIN
from org.models import Office
from payments.models import Payment
from payments.services import take_payment
from payments.services.take import Till
from property.models import Building, Community, Room
from property.services.jurisdiction import oversee_as_role, oversee_as_user
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
PERMISSIONS = ("property.view_room", "property.add_unit", "billing.view_order", "payments.view_payment")
PERMISSIONS += ("reports.view_statement",)
# Office → its communities → their buildings, one room each.
TOWN = {
    "集团": {"集苑": ["1号楼"]},
    "红日": {"红苑": ["1号楼"]},
    "东站": {"东苑": ["1号楼", "2号楼"], "东里": ["1号楼"]},
    "东站收费组": {"组苑": ["1号楼"]},
    "西站": {"西苑": ["1号楼"]},
    "红日分公司": {"分苑": ["1号楼"]},
    "邻家": {"邻苑": ["1号楼"]},
}
PRIMES = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73]
EAST = {"东苑1号楼", "东苑2号楼", "东里1号楼"}
COMPANY = EAST | {"红苑1号楼", "组苑1号楼", "西苑1号楼"}
EVERYTHING = COMPANY | {"集苑1号楼", "分苑1号楼", "邻苑1号楼"}
OWN = {"西苑1号楼"}
# The reader sits in 东站; each scope with the rooms, the 机构 and the 小区 that it shows.
EXPECTED = {
    DataScope.ALL: (EVERYTHING, set(TOWN)),
    DataScope.COMPANY_BELOW: (COMPANY | {"分苑1号楼"}, set(TOWN) - {"集团", "邻家"}),
    DataScope.COMPANY: (COMPANY, {"红日", "东站", "东站收费组", "西站"}),
    DataScope.OFFICE_BELOW: (EAST | {"组苑1号楼"}, {"东站", "东站收费组"}),
    DataScope.OFFICE: (EAST, {"东站"}),
    DataScope.OWN: (OWN, set()),
    DataScope.JURISDICTION: ({"东苑1号楼", "东苑2号楼"}, set()),
    DataScope.CHOSEN: ({"西苑1号楼", "分苑1号楼"}, {"西站", "红日分公司"}),
}


class Town:
    """The tree with its rooms; `debt` and `paid` are the amounts by room."""

    def __init__(self) -> None:
        group = build.company("集团")
        red, sister = build.company("红日", parent=group), build.company("邻家", parent=group)
        east, west = build.site(red, "东站"), build.site(red, "西站")
        desk, below = build.site(east, "东站收费组", kind="department"), build.company("红日分公司", parent=red)
        self.offices = {office.name: office for office in (group, red, east, west, desk, below, sister)}
        admin = [*SYSTEM_ADMIN.permissions, *PERMISSIONS]
        self.root = build.user("root", group, build.role(group, *admin, scope="all"))
        self.debt: dict[str, int] = {}
        self.paid: dict[str, int] = {}
        self.rooms: dict[str, Room] = {}
        primes = iter(PRIMES)
        seasons = {office.pk: build.season(office) for office in (group, red, below, sister)}
        for name, communities in TOWN.items():
            office = self.offices[name]
            till = build.cashier(office, f"till-{office.pk}", scope=DataScope.OFFICE)
            for area, blocks in communities.items():
                place = build.community(office, area)
                for block in blocks:
                    home = build.room(build.unit(build.building(place, block)))
                    paid, debt = next(primes), next(primes)
                    build.old_debt(home, seasons[office.company_id], f"{100 + debt}")
                    take_payment(home.pk, Till(uuid4(), "cash", Decimal(paid)), actor=till, now=NOW)
                    key = f"{area}{block}"
                    self.rooms[key], self.debt[key], self.paid[key] = home, 100 + debt, paid

    def role(self, scope: str, *permissions: str) -> Role:
        """Make a role as an administrator does: 新增, 分配, 数据明细."""
        facts = {"title": f"{scope}-{len(permissions)}", "kind": "ordinary", "scope": scope, "note": ""}
        role = add_role({"office": self.offices["红日"], **facts}, actor=self.root)
        assign_permissions(role.pk, build.permissions(*(permissions or PERMISSIONS)), actor=self.root)
        if scope == DataScope.CHOSEN:
            chosen = [self.offices["西站"], self.offices["红日分公司"]]
            choose_offices(role.pk, chosen, actor=self.root)
        return role

    def reader(self, *roles: Role) -> User:
        """Make a user of 东站 with these roles, the 辖区 东苑, and a home of their own in 西苑."""
        facts = {"username": "reader", "name": "读", "phone": "13800000000", "office": self.offices["东站"]}
        user, _ = add_user(facts | {"roles": list(roles)}, actor=self.root, now=timezone.now())
        User.objects.filter(pk=user.pk).update(must_change_password=False)
        overseen = frozenset({Community.objects.get(name="东苑").pk})
        oversee_as_user(user.pk, add=Scope(communities=overseen), remove=Scope(), actor=self.root)
        owner = self.rooms["西苑1号楼"].owner
        owner.user = user
        owner.save(update_fields=["user"])
        return user


@pytest.fixture
def town(db: Any) -> Town:
    return Town()


def get(client: Client, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer


def keys(town: Town, accounts: Any) -> set[str]:
    of = {room.account_no: key for key, room in town.rooms.items()}
    return {of[account] for account in accounts}


def listed(town: Town, client: Client, address: str, column: str) -> set[str]:
    """The rooms of a list on screen."""
    page = get(client, f"{address}?size=100")
    at = [c.name for c in page.context["table"].shown].index(column)
    return keys(town, [row.cells[at].text for row in page.context["rows"]])


def total(client: Client, address: str, label: str) -> Decimal:
    page = get(client, address)
    columns = page.context["table"].shown
    cells = dict(zip([c.label for c in columns], page.context["totals"] or [], strict=False))
    return Decimal(cells[label].text.replace(",", "")) if cells else Decimal(0)


def exported(town: Town, client: Client, address: str, label: str) -> set[str]:
    """The rooms of a list in its file."""
    answer = get(client, f"{address}?export=xlsx")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    at = rows[2].index(label)
    known = {room.account_no for room in town.rooms.values()}
    return keys(town, [row[at] for row in rows[3:] if row[at] in known])


def offered(client: Client, address: str, name: str, where: str) -> set[str]:
    """The choices of a drop-down."""
    form = get(client, address).context[where]
    form = getattr(form, "form", form)
    return {row.name for row in form.fields[name].queryset}


def areas(town: Town, rooms: set[str], offices: set[str]) -> set[str]:
    """The 小区 of these rooms; one's own are those that one has added, which is none."""
    return set() if rooms is OWN else {town.rooms[room].community.name for room in rooms}


ROOMS, ORDERS, PAYMENTS = "/a/property/rooms/", "/a/billing/orders/", "/a/payments/records/"
CHANNELS, COMMUNITIES = "/a/reports/channels/?name=", "/a/reports/communities/?season="
# What each page shows, and what it should show for (rooms, offices).
Look = Callable[[Town, Client], Any]
LOOKS: dict[str, tuple[Look, Callable[[Town, set[str], set[str]], Any]]] = {
    "户室列表": (lambda t, c: listed(t, c, ROOMS, "account_no"), lambda t, rooms, offices: rooms),
    "户室导出": (lambda t, c: exported(t, c, ROOMS, "缴费账号"), lambda t, rooms, offices: rooms),
    "订单列表": (lambda t, c: listed(t, c, ORDERS, "account"), lambda t, rooms, offices: rooms),
    "订单导出": (lambda t, c: exported(t, c, ORDERS, "账号"), lambda t, rooms, offices: rooms),
    "订单合计": (
        lambda t, c: total(c, ORDERS, "应缴本金"),
        lambda t, rooms, offices: sum(t.debt[room] for room in rooms),
    ),
    "缴费记录": (lambda t, c: listed(t, c, PAYMENTS, "account"), lambda t, rooms, offices: rooms),
    "缴费记录导出": (lambda t, c: exported(t, c, PAYMENTS, "账号"), lambda t, rooms, offices: rooms),
    "缴费记录合计": (
        lambda t, c: total(c, PAYMENTS, "合计"),
        lambda t, rooms, offices: sum(t.paid[room] for room in rooms),
    ),
    "缴费渠道统计": (
        lambda t, c: total(c, CHANNELS, "收款合计"),
        lambda t, rooms, offices: sum(t.paid[room] for room in rooms),
    ),
    "小区明细统计": (
        lambda t, c: (total(c, COMMUNITIES, "应缴金额"), total(c, COMMUNITIES, "已缴金额")),
        lambda t, rooms, offices: (sum(t.debt[r] for r in rooms), sum(t.paid[r] for r in rooms)),
    ),
    "机构下拉（订单）": (lambda t, c: offered(c, ORDERS, "office", "filters"), lambda t, rooms, offices: offices),
    "机构下拉（缴费记录）": (lambda t, c: offered(c, PAYMENTS, "office", "filters"), lambda t, rooms, offices: offices),
    "机构下拉（报表）": (lambda t, c: offered(c, CHANNELS, "office", "form"), lambda t, rooms, offices: offices),
    "小区下拉（添加单元）": (
        lambda t, c: offered(c, "/a/property/units/add/", "community", "form"),
        areas,
    ),
}


def wrong(town: Town, client: Client, rooms: set[str], offices: set[str]) -> dict[str, tuple[Any, Any]]:
    """Compare every page; return (shown, expected) of those that differ."""
    found = {}
    for name, (look, expect) in LOOKS.items():
        shown, expected = look(town, client), expect(town, rooms, offices)
        if shown != expected:
            found[name] = (shown, expected)
    return found


@pytest.mark.parametrize("scope", DataScope.values)
def test_each_scope_shows_exactly_its_part_on_every_page(town: Town, client: Client, scope: str) -> None:
    client.force_login(town.reader(town.role(scope)))
    assert wrong(town, client, *EXPECTED[DataScope(scope)]) == {}


def test_without_the_scope_every_comparison_is_red(town: Town, client: Client, monkeypatch: Any) -> None:
    client.force_login(town.reader(town.role(DataScope.JURISDICTION)))
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda rows, user, permission: rows.all())
    assert set(wrong(town, client, *EXPECTED[DataScope.JURISDICTION])) == set(LOOKS)
    with pytest.raises(AssertionError):
        assert wrong(town, client, *EXPECTED[DataScope.JURISDICTION]) == {}


def test_a_jurisdiction_on_one_building_or_on_the_role_shows_just_that(town: Town, client: Client) -> None:
    role = town.role(DataScope.JURISDICTION)
    reader = town.reader(role)
    house = Building.objects.get(community__name="东里")
    held = Scope(communities=frozenset({Community.objects.get(name="东苑").pk}))
    oversee_as_user(reader.pk, add=Scope(buildings=frozenset({house.pk})), remove=held, actor=town.root)
    client.force_login(reader)
    assert wrong(town, client, {"东里1号楼"}, set()) == {}
    far = Scope(communities=frozenset({Community.objects.get(name="西苑").pk}))
    oversee_as_role(role.pk, add=far, remove=Scope(), actor=town.root)
    assert wrong(town, client, {"东里1号楼", "西苑1号楼"}, set()) == {}


def test_two_roles_add_up_only_where_both_hold_the_permission(town: Town, client: Client) -> None:
    here = town.role(DataScope.OFFICE)
    there = town.role(DataScope.CHOSEN, "billing.view_order", "property.view_room")
    client.force_login(town.reader(here, there))
    both = EAST | {"西苑1号楼", "分苑1号楼"}
    assert listed(town, client, ORDERS, "account") == listed(town, client, ROOMS, "account_no") == both
    assert listed(town, client, PAYMENTS, "account") == EAST
    assert total(client, CHANNELS, "收款合计") == sum(town.paid[room] for room in EAST)
    assert offered(client, ORDERS, "office", "filters") == {"东站", "西站", "红日分公司"}
    assert offered(client, PAYMENTS, "office", "filters") == {"东站"}


def test_what_one_collected_is_ones_own_wherever_the_room_stands(town: Town, client: Client) -> None:
    reader = town.reader(town.role(DataScope.OWN))
    Payment.objects.filter(room=town.rooms["邻苑1号楼"]).update(cashier=reader)
    client.force_login(reader)
    assert listed(town, client, PAYMENTS, "account") == OWN | {"邻苑1号楼"}
    assert listed(town, client, ORDERS, "account") == OWN


def test_moving_the_user_moves_their_part(town: Town, client: Client) -> None:
    role = town.role(DataScope.OFFICE)
    reader = town.reader(role)
    facts: dict[str, Any] = {"username": "reader", "name": "读", "phone": "", "roles": [role]}
    west: Office = town.offices["西站"]
    edit_user(reader.pk, facts | {"office": west}, actor=town.root)
    client.force_login(reader)
    assert wrong(town, client, {"西苑1号楼"}, {"西站"}) == {}
