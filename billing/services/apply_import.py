"""What only an import asks for: another product for the room, and an old debt (domain.md §5.7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from billing.models import Contract, Order, ProductVersion, Season
from billing.services.arrears import add_old_debt, old_season
from billing.services.bill_run import bill_contracts
from billing.services.contracts import UNHEATED, contract_numbers
from billing.services.orders import living_order, void
from billing.services.rollup import change_kind
from billing.services.transfer import sign_instead
from billing.states import ContractSource, ContractState, FeeKind, OrderState, VersionState
from heating.kit.errors import Refusal
from property.models import ChangeRequest, Owner, Room
from property.models.located import place_of


def change_product(request: ChangeRequest, room: Room, code: str | None, *, on: date, actor: Any) -> Contract | None:
    """Sign the room to the product `code` of the current season; no code ends its contract.

    Returns the new contract when the room has an order that is now to be priced by it; a room without an order has
    been billed. `Refusal` when the product is not on offer, and when money stands in the way of ending.
    """
    season = Season.objects.current(room.company_id)
    if season is None:
        raise Refusal("没有当前采暖季，不能变更签约产品")
    mine = Contract.objects.filter(room=room, season=season)
    if mine.filter(state__in=(ContractState.PENDING, ContractState.DRAFT)).exists():
        raise Refusal("该户有待审批的签约，请先审批或撤回签约")
    old = mine.filter(state=ContractState.APPROVED).select_for_update(of=("self",)).first()
    if not code:
        _end(old, request, on=on, actor=actor)
        return None
    version = _on_offer(season, code)
    if room.heat_state in UNHEATED:
        raise Refusal(f"{room.address} 的供热状态为{room.get_heat_state_display()}，不能签约")
    if old is None:
        new = _sign(request, room, version, on=on, actor=actor)
    elif old.product_id == version.product_id:
        return None
    else:
        new = sign_instead(old, owner_id=old.owner_id, version=version, request=request, on=on, actor=actor)
    if living_order(new) is not None:
        return new
    run = bill_contracts(season, on=on, actor=actor, contracts=[new.pk])
    left_out = run and run.unbillable.first()
    if left_out:
        raise Refusal(f"{room.address} 不能开单：{left_out.reason}")
    return None


def _on_offer(season: Season, code: str) -> ProductVersion:
    versions = ProductVersion.objects.select_related("product")
    version = versions.filter(
        product__season=season, product__code=code, product__active=True, state=VersionState.EFFECTIVE
    ).first()
    if version is None:
        raise Refusal(f"产品 {code} 在当前采暖季没有生效的版本")
    return version


def _end(old: Contract | None, request: ChangeRequest, *, on: date, actor: Any) -> None:
    if old is None:
        return
    order = living_order(old)
    if order is not None:
        void(order, on=on, reason=f"取消签约 {request.number}", actor=actor)
    old.state, old.terminated_on = ContractState.TERMINATED, on
    old.decision_note = f"取消签约 {request.number}"
    old.save(update_fields=["state", "terminated_on", "decision_note"])


def _sign(request: ChangeRequest, room: Room, version: ProductVersion, *, on: date, actor: Any) -> Contract:
    return Contract.objects.create(
        **place_of(room),
        room=room,
        owner_id=room.owner_id,
        season_id=version.product.season_id,
        product_id=version.product_id,
        version=version,
        number=contract_numbers(1, on)[0],
        state=ContractState.APPROVED,
        source=ContractSource.IMPORT,
        submitted_by=request.submitted_by,
        decided_by=actor if actor.pk != request.submitted_by_id else None,
    )


def follow_contract(order: Order, contract: Contract) -> None:
    """Put an order that is priced by a new contract under it; a closed one with a supplement stays where it is."""
    if order.version_id != contract.version_id:
        return
    order.contract = contract
    order.save(update_fields=["contract"])
    change_kind(order, contract.version.product.kind)


def set_old_debt(request: ChangeRequest, room: Room, owner: Owner, wanted: Any, *, on: date, actor: Any) -> None:
    """Make the room's debt of an earlier season what the file says; `Refusal` once that order has moved."""
    year, amount = int(wanted["season"][:4]), Decimal(wanted["amount"])
    current = Season.objects.current(room.company_id)
    if current is not None and year >= current.year:
        raise Refusal("往年欠费的采暖季须早于当前采暖季")
    season = old_season(room.company_id, year)
    there = Order.objects.alive().filter(room=room, season=season, fee_kind=FeeKind.ARREARS)
    order = there.select_for_update(of=("self",)).first()
    if order is not None and order.principal == amount:
        return
    if order is not None:
        if order.state != OrderState.UNPAID:
            raise Refusal(
                f"{season.name}已有往年欠费订单 {order.number}（{order.get_state_display()}），请先处理该订单"
            )
        void(order, on=on, reason=f"往年欠费更正 {request.number}", actor=actor)
    if amount:
        room.owner = owner
        add_old_debt(room, season, amount, on=on, actor=actor)
