"""Signing, approving, rejecting and ending contracts."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection

from billing.models import BillRun, Contract, LedgerEntry, Order, ProductVersion
from billing.services.contracts import (
    approve_contracts,
    reject_contract,
    sign_rooms,
    submit_contract,
    terminate_contract,
    withdraw_contract,
)
from billing.services.settlement import settle
from billing.states import ContractState, OrderState
from heating.audit.models import Record
from heating.kit.errors import Refusal
from reports.books import check_books
from tests import build

DAY = date(2025, 11, 20)
PERMISSIONS = ("billing.sign_contract", "billing.approve_contract", "billing.terminate_contract")
pytestmark = pytest.mark.django_db


class Town:
    """A company with a season, product A, and three people who may sign and approve."""

    def __init__(self) -> None:
        self.company = build.company()
        self.season = build.season(self.company)
        self.site = build.site(self.company)
        self.version = build.product(self.season)
        role = build.role(self.company, *PERMISSIONS)
        self.alice, self.bob, self.dora = (build.user(name, self.site, role) for name in ("alice", "bob", "dora"))

    def room(self, **fields):
        return build.room(office=self.site, **fields)

    def signed(self, *rooms):
        return sign_rooms([r.pk for r in rooms], product=self.version.product_id, on=DAY, actor=self.alice)

    def approve(self, *contracts, by=None):
        return approve_contracts([c.pk for c in contracts], on=DAY, actor=by or self.bob)


@pytest.fixture
def town() -> Town:
    return Town()


def test_approval_by_another_person_makes_the_order_once(town):
    (contract,) = town.signed(town.room())
    assert contract.state == ContractState.PENDING and not Order.objects.exists()
    town.approve(contract)
    order = Order.objects.get()
    assert (order.contract_id, order.principal, order.state) == (contract.pk, D("2149.20"), OrderState.UNPAID)
    with pytest.raises(Refusal, match="当前状态为“通过”"):
        town.approve(contract, by=town.dora)
    assert Order.objects.count() == 1
    events = Record.objects.filter(target_id=contract.pk, target_type="billing.contract").order_by("id")
    assert list(events.values_list("event", "actor_name")) == [
        ("contract.submit", "alice"),
        ("contract.approve", "bob"),
    ]


def test_nobody_approves_their_own_contract(town):
    (contract,) = town.signed(town.room())
    with pytest.raises(Refusal, match="不能审批自己提交的合同"):
        town.approve(contract, by=town.alice)
    assert not Order.objects.exists()


def test_many_at_once_all_or_none(town):
    good, bad = town.signed(town.room(), town.room())
    type(bad.room).objects.filter(pk=bad.room_id).update(heat_state="dismantled")
    with pytest.raises(Refusal, match="不能开单：户室已拆网"):
        town.approve(good, bad)
    assert not Order.objects.exists() and not BillRun.objects.exists()
    town.approve(good)
    assert Order.objects.count() == 1


def test_a_rejected_contract_can_be_submitted_again(town):
    (contract,) = town.signed(town.room())
    with pytest.raises(Refusal, match="驳回原因"):
        reject_contract(contract.pk, actor=town.bob, reason=" ")
    reject_contract(contract.pk, actor=town.bob, reason="面积待核")
    again = submit_contract(contract.pk, actor=town.alice)
    assert (again.state, again.decided_by) == (ContractState.PENDING, None)
    town.approve(again)
    assert Order.objects.count() == 1


def test_only_the_author_withdraws(town):
    (contract,) = town.signed(town.room())
    with pytest.raises(Refusal, match="只能撤回自己"):
        withdraw_contract(contract.pk, actor=town.bob)
    assert withdraw_contract(contract.pk, actor=town.alice).state == ContractState.DRAFT


def test_a_room_is_signed_once_per_season(town):
    room = town.room()
    town.signed(room)
    with pytest.raises(Refusal, match="已有待审批的签约"):
        town.signed(room)
    town.approve(Contract.objects.get())
    with pytest.raises(Refusal, match="已有签约"):
        town.signed(room)


@pytest.mark.parametrize("state", ["dismantled", "disabled"])
def test_rooms_without_heat_are_not_signed(town, state):
    with pytest.raises(Refusal, match="不能签约"):
        town.signed(town.room(heat_state=state))


def test_rooms_outside_the_scope_cannot_be_signed(town):
    foreign = build.room(office=build.site(build.company("邻市供热公司")))
    with pytest.raises(Refusal, match="请选择"):
        town.signed(foreign)


def test_a_product_without_an_effective_version_is_not_on_offer(town):
    ProductVersion.objects.update(state="retired")
    with pytest.raises(Refusal, match="没有生效的版本"):
        town.signed(town.room())


def test_ending_a_contract_voids_the_unpaid_order(town):
    (contract,) = town.signed(town.room())
    town.approve(contract)
    ended = terminate_contract(contract.pk, on=DAY, reason="房屋拆迁", actor=town.bob)
    order = Order.objects.get()
    assert (ended.state, order.state) == (ContractState.TERMINATED, OrderState.VOID)
    sides = sorted(LedgerEntry.objects.filter(account="receivable").values_list("side", "amount"))
    assert sides == [("credit", D("2149.20")), ("debit", D("2149.20"))]
    assert all(finding.ok for finding in check_books())


def test_a_contract_with_money_on_it_is_not_ended(town):
    (contract,) = town.signed(town.room())
    town.approve(contract)
    settle(
        contract.room, amount=D("10"), on=DAY, payment_id=1, source="payment:1:settle", account="cash", actor=town.bob
    )
    with pytest.raises(Refusal, match="已有缴费"):
        terminate_contract(contract.pk, on=DAY, reason="搬走", actor=town.bob)
    assert Contract.objects.get().state == ContractState.APPROVED


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_make_one_order():
    town = Town()
    (contract,) = town.signed(town.room())
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def approve(person) -> None:
        gate.wait()
        try:
            town.approve(contract, by=person)
            outcomes.append("approved")
        except Refusal:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(person,)) for person in (town.bob, town.dora)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "refused"]
    assert Order.objects.count() == 1
