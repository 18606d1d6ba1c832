"""权限查询: why somebody sees a thing or does not — and that the answer is the truth."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from guardian.shortcuts import assign_perm

from accounts.models import DataScope, Role, User
from accounts.queries import permission_words
from accounts.views.access.explain import Reach, explain, reached_by
from accounts.views.access.things import THINGS
from heating.standard_roles import COMPANY_ADMIN, SYSTEM_ADMIN
from org.models import Office
from payments.models import Payment
from payments.services.take import Till, take_payment
from tests import build

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 10, 20, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


class Town:
    """Two sites of one company with a paid room each, and a room of another company."""

    def __init__(self) -> None:
        self.company = build.company("东方热力公司")
        self.east, self.west = build.site(self.company, "东城收费站"), build.site(self.company, "西城收费站")
        self.group = build.site(self.east, "收费组", kind="department")
        self.other = build.company("北山公司")
        self.alice = build.cashier(self.group)
        self.rooms = [build.room(office=office) for office in (self.east, self.west, self.other)]
        versions = {home.pk: build.product(build.season(home)) for home in (self.company, self.other)}
        signed = [build.contract(room, versions[room.company_id]) for room in self.rooms]
        self.orders = [build.order(contract, on=date(2025, 10, 20)) for contract in signed]
        till = Till(uuid4(), "cash", self.orders[0].due)
        self.payment = take_payment(self.rooms[0].pk, till, actor=self.alice, now=NOON)
        self.rooms[1].owner.user = build.user("owen", self.company)
        self.rooms[1].owner.save(update_fields=["user"])

    def things(self) -> list[tuple[str, Any]]:
        """Every kind of thing with its rows."""
        payment = Payment.objects.get(pk=self.payment.pk)
        return [
            *(("room", room) for room in self.rooms),
            *(("owner", room.owner) for room in self.rooms),
            *(("community", room.community) for room in self.rooms),
            *(("order", order) for order in self.orders),
            ("payment", payment),
            ("receipt", payment.receipt),
        ]


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def bob(town: Town, client: Client) -> User:
    bob = build.user("bob", town.company, build.role(town.company, *COMPANY_ADMIN.permissions))
    client.force_login(bob)
    return bob


def ask(client: Client, user: str, question: str, number: str) -> Any:
    return client.get("/a/access/", {"user": user, "question": question, "number": number})


def reasons(answer: Any) -> str:
    verdict = answer.context["verdict"]
    return "" if verdict is None else " | ".join(reason.sentence for reason in verdict.reasons)


def test_the_answer_names_role_scope_and_what_matched(town: Town, bob: User, client: Client) -> None:
    answer = ask(client, "alice", "room:property.view_room", town.rooms[1].account_no)
    assert answer.context["verdict"].visible
    assert "数据范围为所在公司数据：东方热力公司；该户室属于“西城收费站”，在范围内" in reasons(answer)
    Role.objects.filter(user=town.alice).update(scope=DataScope.OFFICE_BELOW, title="收费员")
    answer = ask(client, "ALICE", "room:property.view_room", town.rooms[1].account_no)
    assert not answer.context["verdict"].visible
    wanted = "角色“收费员”有此权限，数据范围为所在部门及以下数据：收费组；该户室属于“西城收费站”，不在范围内"
    assert wanted in reasons(answer) and "不能对该户室进行“查看户室”" in answer.content.decode()
    answer = ask(client, "alice", "room:billing.sign_contract", town.rooms[0].account_no)
    assert "角色“收费员”没有“户室签约”权限" in reasons(answer)


def test_jurisdiction_own_rows_and_lists_of_offices_are_named(town: Town, bob: User, client: Client) -> None:
    community, account = town.rooms[0].community, town.rooms[0].account_no
    role = build.role(town.company, "property.view_room", "payments.view_payment", scope=DataScope.JURISDICTION)
    carol = build.user("carol", town.west, role)
    assert "尚未设置辖区" in reasons(ask(client, "carol", "room:property.view_room", account))
    assign_perm("property.oversee_community", carol, community)
    answer = ask(client, "carol", "room:property.view_room", account)
    assert answer.context["verdict"].visible and f"辖区数据：{community.name}；该户室在辖区小区内" in reasons(answer)
    answer = ask(client, "carol", "room:property.view_room", town.rooms[1].account_no)
    assert not answer.context["verdict"].visible and "不在其辖区内" in reasons(answer)
    role.scope = DataScope.OWN
    role.save()
    assert "不是该用户建立" in reasons(ask(client, "carol", "room:property.view_room", account))
    role.scope = DataScope.CHOSEN
    role.save()
    assert "尚未勾选机构" in reasons(ask(client, "carol", "room:property.view_room", account))
    role.offices.set([town.east])
    assert "按明细设置：东城收费站；该户室属于“东城收费站”，在范围内" in reasons(
        ask(client, "carol", "room:property.view_room", account)
    )
    number = town.payment.receipt.number
    assert ask(client, "carol", "payment:payments.view_payment", number.lower()).context["verdict"].visible


def test_disabled_people_and_disabled_roles_reach_nothing(town: Town, bob: User, client: Client) -> None:
    account = town.rooms[0].account_no
    Role.objects.filter(user=town.alice).update(active=False)
    answer = ask(client, "alice", "room:property.view_room", account)
    assert not answer.context["verdict"].visible and "已停用，不起作用" in reasons(answer)
    Role.objects.filter(user=town.alice).update(active=True)
    User.objects.filter(pk=town.alice.pk).update(is_active=False)
    answer = ask(client, "alice", "room:property.view_room", account)
    assert not answer.context["verdict"].visible and "该用户已停用" in reasons(answer)
    build.user("nina", town.east)
    assert "没有任何角色" in ask(client, "nina", "room:property.view_room", account).content.decode()


def test_nothing_but_number_and_place_is_shown(town: Town, bob: User, client: Client) -> None:
    """The system administrator reads neither owners nor money, here either."""
    admin = build.user("admin", town.company, build.role(town.company, *SYSTEM_ADMIN.permissions, scope=DataScope.ALL))
    client.force_login(admin)
    owner, order = town.rooms[0].owner, town.orders[0]
    owner.name, owner.phone = "钱多多", "13812345678"
    owner.save()
    type(order).objects.filter(pk=order.pk).update(owner_name="钱多多")
    asked = {
        "room:property.view_room": town.rooms[0].account_no,
        "owner:property.view_owner": owner.number,
        "order:billing.view_order": order.number,
        "community:property.view_community": town.rooms[0].community.name,
        "payment:payments.view_payment": town.payment.receipt.number,
        "receipt:payments.reprint_receipt": town.payment.receipt.number,
    }
    assert {question.partition(":")[0] for question in asked} == set(THINGS)
    for question, number in asked.items():
        page = ask(client, "alice", question, number).content.decode()
        assert "各角色的结论" in page and number in page, question
        for secret in ("钱多多", "13812345678", f"{town.payment.amount}", f"{town.payment.amount:,}"):
            assert secret not in page, (question, secret)


def test_what_lies_outside_the_askers_scope_does_not_exist(town: Town, bob: User, client: Client) -> None:
    eve = build.user("eve", town.other)
    page = ask(client, eve.username, "room:property.view_room", town.rooms[0].account_no).content.decode()
    assert "没有找到该用户" in page and "各角色的结论" not in page
    page = ask(client, "alice", "room:property.view_room", town.rooms[2].account_no).content.decode()
    assert "没有找到该户室" in page and "各角色的结论" not in page


def test_odd_questions_are_answered_with_a_sentence(town: Town, bob: User, client: Client) -> None:
    twins = [build.owner(town.east, name="张三"), build.owner(town.west, name="张三")]
    page = ask(client, "alice", "owner:property.view_owner", "张三").content.decode()
    assert "找到多个业主" in page and all(owner.number in page for owner in twins)
    for question in ("", "room", "room:property.view_owner", "x:y", "room:"):
        assert ask(client, "alice", question, "1").status_code == 200
        assert "各角色的结论" not in ask(client, "alice", question, "1").content.decode()
    assert ask(client, "\x00", "room:property.view_room", "\x00").status_code == 200
    client.force_login(town.alice)
    assert client.get("/a/access/").status_code == 403


def test_every_permission_of_the_page_exists_and_has_a_word(db: Any) -> None:
    permissions = {permission for thing in THINGS.values() for permission in thing.permissions}
    assert len(build.permissions(*permissions)) == len(permissions) and permissions <= set(permission_words())


def some_user(town: Town, chance: random.Random, permissions: list[str], n: int) -> User:
    """A user somewhere in the tree with a few roles of any scope, any permissions, and any 辖区."""
    roles = []
    for _ in range(chance.randint(0, 3)):
        scope = chance.choice(list(DataScope))
        role = build.role(town.company, *chance.sample(permissions, len(permissions) // 2), scope=scope)
        role.offices.set(chance.sample(list(Office.objects.all()), chance.randint(0, 2)))
        if chance.random() < 0.15:
            role.active = False
            role.save()
        if chance.random() < 0.3:
            assign_perm("property.oversee_building", role, chance.choice(town.rooms).building)
        roles.append(role)
    office = chance.choice([*Office.objects.all(), None])
    user = build.user(f"random{n}", office, *roles, is_active=chance.random() < 0.9)
    for room in chance.sample(town.rooms, chance.randint(0, 2)):
        permission, place = chance.choice([("community", room.community), ("building", room.building)])
        assign_perm(f"property.oversee_{permission}", user, place)
    if chance.random() < 0.3:
        type(town.rooms[0]).objects.filter(pk=town.rooms[0].pk).update(created_by=user)
    return user


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_verdict_is_what_visible_to_returns(town: Town, seed: int) -> None:
    chance, things = random.Random(seed), town.things()
    permissions = sorted({permission for thing in THINGS.values() for permission in thing.permissions})
    told = {True: 0, False: 0}
    for n in range(25):
        pk = some_user(town, chance, permissions, n).pk
        for code, row in things:
            permission = chance.choice(THINGS[code].permissions)
            seen = type(row).objects.visible_to(User.objects.get(pk=pk), permission).filter(pk=row.pk).exists()
            verdict = explain(User.objects.get(pk=pk), permission, THINGS[code], row)
            assert verdict.visible == seen, (permission, row, verdict)
            told[seen] += 1
    assert told[True] > 30 and told[False] > 30, told


def test_the_comparison_can_fail(town: Town) -> None:
    """A verdict that asked another permission, or one part of a scope, would differ from the pages."""
    role = build.role(town.company, "property.view_room", scope=DataScope.COMPANY)
    dora = build.user("dora", town.east, role)
    [(_, scope)] = dora.scopes_by_role("property.view_room")
    assert reached_by(scope, "property.view_room", town.rooms[1]) == ["offices"]
    assert dora.scopes_by_role("property.view_owner") == []
    assert not type(town.rooms[2]).objects.visible_to(Reach(scope), "").filter(pk=town.rooms[2].pk).exists()


def test_the_row_of_a_user_leads_here_with_them_filled_in(town: Town, bob: User, client: Client) -> None:
    address = f"/a/access/users/{town.alice.pk}/"
    assert address in client.get("/a/accounts/users/").content.decode()
    page = client.get(address)
    assert page.context["form"]["user"].value() == "alice" and not page.context["form"].errors
    assert 'action="/a/access/"' in page.content.decode()
    stranger = build.user("stranger", town.other)
    assert client.get(f"/a/access/users/{stranger.pk}/").status_code == 404
    client.force_login(town.alice)
    assert client.get(address).status_code == 403
