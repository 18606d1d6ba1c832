"""Changing an order that stands: void it, or price it again from other facts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from billing.models import Contract, Order, OrderLine, ProductVersion
from billing.queries import price
from billing.rules.corrections import difference
from billing.services.arrears import order_number
from billing.services.ledger import post_order
from billing.services.pricing import post_principal, refresh
from billing.services.rollup import contributing, move_rollup
from billing.states import CHARGED, FeeKind, OrderState, order_flow
from heating.audit.services import record
from heating.kit.errors import Refusal
from heating.kit.money import ZERO
from property.models.located import place_of


def living_order(contract: Contract) -> Order | None:
    """Return the contract's living heat order, locked."""
    return (
        Order.objects.alive()
        .filter(room=contract.room_id, season=contract.season_id, fee_kind=FeeKind.HEAT)
        .select_for_update()
        .first()
    )


def void(order: Order, *, on: date, reason: str, actor: User) -> Order:
    """Void a locked order in the caller's transaction and take its principal out of the books."""
    if order.paid or order.late_paid:
        raise Refusal("该订单已有缴费，请先退费或重新计价")
    before, state = contributing(order), order.state
    order.state = order_flow.next("void", order.state)
    order.next_change_on, order.note = None, reason[:200]
    order.save(update_fields=["state", "next_change_on", "note"])
    post_principal(order, -order.principal, on=on, actor=actor)
    move_rollup(order, before)
    record(actor, "order.state", order, before=state, after=order.state, note=reason)
    return order


@transaction.atomic
def void_order(pk: int, *, on: date, reason: str, actor: User) -> Order:
    """作废 an unpaid order; `Refusal` without a reason or once money has come in."""
    if not reason.strip():
        raise Refusal("请填写作废原因", field="reason")
    order = Order.objects.visible_to(actor, "billing.approve_void").locked(pk)
    return void(order, on=on, reason=reason, actor=actor)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What an order is priced from; None leaves a fact as it is, `cleared` names those that are not known any more."""

    version: ProductVersion | None = None
    floor_area: Decimal | None = None
    inner_area: Decimal | None = None
    height: Decimal | None = None
    vacancy: bool | None = None
    relief: str | None = None
    heated_days: int | None = None
    cleared: frozenset[str] = frozenset()

    def given(self) -> dict[str, Any]:
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "cleared"}
        return {name: value for name, value in values.items() if value is not None} | dict.fromkeys(self.cleared)


def rerate(order: Order, facts: Facts, *, on: date, reason: str, actor: User) -> Order:
    """Price a locked order again from other facts, in the caller's transaction.

    An open order is priced as of day `on`. A closed one is priced as of its closing day: a lower principal frees the
    difference as 预存款, a higher one becomes a supplement order, which is returned; otherwise the order itself is.
    """
    if order.version_id is None or order.state not in (OrderState.UNPAID, OrderState.PARTIAL, OrderState.PAID):
        raise Refusal("该订单不能重新计价")
    before, after = _shown(order, facts), {name: str(value) for name, value in facts.given().items()}
    principal = order.principal
    if order.closed_on is not None:
        grown, extras = _grown(order, facts)
        if extras and grown < 0:
            raise Refusal("该订单已有补差订单，请先处理补差订单")
        if extras and not grown:
            return order
        if grown > 0:
            extra = _supplement(order, grown, on=on, reason=reason, actor=actor)
            record(actor, "order.rerate", order, before=before, after=after, note=f"{reason}；补差 {extra.number}")
            return extra
    _take_facts(order, facts)
    refresh(order, on=on, actor=actor)
    note = f"{reason}；应缴本金 {principal} → {order.principal}"
    record(actor, "order.rerate", order, before=before, after=after, note=note)
    return order


def _shown(order: Order, facts: Facts) -> dict[str, str]:
    return {name: str(getattr(order, name)) for name in facts.given()}


def _take_facts(order: Order, facts: Facts) -> None:
    given = facts.given()
    for name, value in given.items():
        setattr(order, name, value)
    assert order.version is not None
    if order.heated_days is not None and not 0 <= order.heated_days <= order.version.season_days:
        raise Refusal("供热天数超出采暖季")
    order.save(update_fields=list(given))


def _grown(order: Order, facts: Facts) -> tuple[Decimal, bool]:
    """Return by how much the facts raise a closed order, earlier supplements counted, and whether there are any.

    Priced as of the closing day, so that the discount and the windows of that day count.
    """
    trial = Order.objects.get(pk=order.pk)
    for name, value in facts.given().items():
        setattr(trial, name, value)
    assert order.closed_on is not None
    quote = price(trial, order.closed_on)
    assert quote is not None
    extras = Order.objects.alive().filter(room=order.room_id, season=order.season_id, fee_kind=FeeKind.SUPPLEMENT)
    amounts = list(extras.values_list("principal", flat=True))
    return quote.principal - order.principal - sum(amounts, ZERO), bool(amounts)


def _supplement(order: Order, amount: Decimal, *, on: date, reason: str, actor: User) -> Order:
    """Make the order of a difference; it has no tariff of its own and earns no late fee."""
    same = Order.objects.filter(room=order.room_id, season=order.season_id, fee_kind=FeeKind.SUPPLEMENT)
    line = difference(order.principal, order.principal + amount, reason=reason).lines[0]
    copied = ("room_id", "owner_id", "season_id")
    printed = ("account_no", "owner_name", "owner_kind", "address", "product_kind")
    extra = Order.objects.create(
        number=order_number(on),
        fee_kind=FeeKind.SUPPLEMENT,
        seq=(same.aggregate(last=Max("seq"))["last"] or 0) + 1,
        line_amount=amount,
        principal=amount,
        priced_on=on,
        note=f"{reason}（原订单 {order.number}）"[:200],
        created_by=actor,
        **place_of(order),
        **{name: getattr(order, name) for name in copied + printed},
    )
    OrderLine.objects.create(
        order=extra, position=1, kind=line.code, label=line.label[:40], text=line.text, amount=amount
    )
    post_order(extra, "supplement", CHARGED, amount, on=on, actor=actor)
    extra.refresh_from_db()
    move_rollup(extra, None)
    return extra


@transaction.atomic
def rerate_order(pk: int, facts: Facts, *, on: date, reason: str, actor: User) -> Order:
    """重新计价 one order; `Refusal` without a reason (manual: only 企业管理员)."""
    if not reason.strip():
        raise Refusal("请填写重新计价原因", field="reason")
    order = Order.objects.visible_to(actor, "billing.reprice_order").locked(pk)
    return rerate(order, facts, on=on, reason=reason, actor=actor)
