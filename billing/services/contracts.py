"""户室签约: signing rooms to a product, and the decision of another person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from billing.models import Contract, Product, ProductVersion
from billing.services.bill_run import lock_communities
from billing.services.orders import living_order, void
from billing.states import ContractSource, ContractState, SeasonState, VersionState, contract_flow
from heating.approvals.services.decisions import approve_together, reject, withdraw
from heating.audit.services import record
from heating.kit.errors import Refusal
from property.models import Room
from property.models.located import place_of
from property.states import HeatState

UNHEATED = (HeatState.DISMANTLED, HeatState.DISABLED)


@transaction.atomic
def sign_rooms(rooms: Iterable[int], *, product: int, on: date, actor: Any) -> list[Contract]:
    """Sign rooms (ids) to the effective version of a product; each contract then waits for approval.

    `Refusal` names the first room that cannot be signed; then none is.
    """
    wanted = sorted(set(rooms))
    found = list(
        Room.objects.visible_to(actor, "billing.sign_contract")
        .filter(pk__in=wanted)
        .select_related("owner")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    if not found or len(found) != len(wanted):
        raise Refusal("请选择要签约的户室")
    version = _version_on_offer(product, found[0].company_id)
    _refuse_signed(found, version.product.season_id)
    numbers = contract_numbers(len(found), on)
    made = [_contract(room, version, number, actor) for room, number in zip(found, numbers, strict=True)]
    Contract.objects.bulk_create(made)
    for contract in made:
        record(actor, "contract.submit", contract, after=contract.state, note=str(version))
    return made


def _version_on_offer(product: int, company_id: int) -> ProductVersion:
    with connection.cursor() as cursor:
        # 停用 or deleting the product waits for the contract, or comes first and is seen below.
        cursor.execute("SELECT FROM billing_product WHERE id = %s FOR SHARE", [product])
    versions = ProductVersion.objects.select_related("product__season")
    version: ProductVersion | None = versions.filter(
        product=product, product__company_id=company_id, state=VersionState.EFFECTIVE
    ).first()
    if version is None or not version.product.active:
        raise Refusal("该产品没有生效的版本", field="product")
    if version.product.season.state in (SeasonState.ENDED, SeasonState.ARCHIVED):
        raise Refusal("该产品的采暖季已结束", field="product")
    return version


def _refuse_signed(rooms: list[Room], season_id: int) -> None:
    states = (ContractState.APPROVED, ContractState.PENDING, ContractState.DRAFT)
    taken = dict(
        Contract.objects.filter(room__in=rooms, season=season_id, state__in=states).values_list("room_id", "state")
    )
    for room in rooms:
        if room.company_id != rooms[0].company_id:
            raise Refusal("一次只能为同一公司的户室签约")
        if room.heat_state in UNHEATED:
            raise Refusal(f"{room.address} 的供热状态为{room.get_heat_state_display()}，不能签约")
        if room.pk in taken:
            what = "已有签约" if taken[room.pk] == ContractState.APPROVED else "已有待审批的签约"
            raise Refusal(f"{room.address} 本采暖季{what}")


def contract_numbers(count: int, on: date) -> list[str]:
    """Take the next contract numbers: HT + yyyyMMdd + 8 digits, never reused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('billing_contract_number') FROM generate_series(1, %s)", [count])
        return [f"HT{on:%Y%m%d}{number:08d}" for (number,) in cursor.fetchall()]


def _contract(room: Room, version: ProductVersion, number: str, actor: Any) -> Contract:
    return Contract(
        **place_of(room),
        room=room,
        owner_id=room.owner_id,
        season_id=version.product.season_id,
        product_id=version.product_id,
        version=version,
        number=number,
        state=ContractState.PENDING,
        source=ContractSource.PAGE,
        submitted_by=actor,
    )


def sign_at_once(room: Room, version: ProductVersion, *, submitted_by: Any, on: date, actor: Any) -> Contract:
    """Sign a room by an approved import request of `submitted_by`, in the caller's transaction."""
    made = _contract(room, version, contract_numbers(1, on)[0], submitted_by)
    made.state, made.source = ContractState.APPROVED, ContractSource.IMPORT
    made.decided_by = actor if actor.pk != submitted_by.pk else None
    made.save()
    return made


def sign_instead(
    old: Contract,
    *,
    owner_id: int,
    version: ProductVersion,
    source: ContractSource,
    why: str,
    submitted_by: Any,
    on: date,
    actor: Any,
) -> Contract:
    """End a locked contract on day `on` and make another for the same room and season in its place."""
    old.state, old.terminated_on, old.decision_note = ContractState.TERMINATED, on, why
    old.save(update_fields=["state", "terminated_on", "decision_note"])
    new = Contract.objects.create(
        **place_of(old),
        room_id=old.room_id,
        owner_id=owner_id,
        season_id=old.season_id,
        product_id=version.product_id,
        version=version,
        number=contract_numbers(1, on)[0],
        state=ContractState.APPROVED,
        source=source,
        submitted_by=submitted_by,
        decided_by=actor if actor.pk != submitted_by.pk else None,
    )
    record(actor, "contract.state", old, before=ContractState.APPROVED, after=old.state, note=f"{why} → {new.number}")
    return new


def approve_contracts(contracts: Iterable[int], *, on: date, actor: Any, note: str = "") -> list[Contract]:
    """Let submitted contracts (ids) take effect and make the order of each, exactly once, all or none.

    `Refusal` for one's own contract, for one that is not waiting, and for a room that cannot be billed.
    """
    found = approve_together(Contract, contracts, on=on, actor=actor, now=timezone.now(), note=note)
    if not found:
        raise Refusal("请选择要审批的合同")
    return found


def reject_contract(pk: int, *, actor: Any, reason: str) -> Contract:
    """Send a submitted contract back with a reason; its author may change and submit it again."""
    if not reason.strip():
        raise Refusal("请填写驳回原因", field="reason")
    return reject(Contract, pk, reason=reason, actor=actor, now=timezone.now())


def withdraw_contract(pk: int, *, actor: Any) -> Contract:
    """Take back one's own contract while it waits."""
    return withdraw(Contract, pk, actor=actor)


def _others(contract: Contract) -> Any:
    return Contract.objects.filter(room=contract.room_id, season=contract.season_id).exclude(pk=contract.pk)


@transaction.atomic
def submit_contract(pk: int, *, actor: Any) -> Contract:
    """Submit a withdrawn or rejected contract again."""
    contract = Contract.objects.visible_to(actor, "billing.sign_contract").locked(pk)
    states = (ContractState.APPROVED, ContractState.PENDING, ContractState.DRAFT)
    if _others(contract).filter(state__in=states).exists():
        raise Refusal("该户室本采暖季已有签约")
    contract.submitted_by, contract.decided_by, contract.decided_at = actor, None, None
    return _step(contract, "submit", "submitted_by", "decided_by", "decided_at", actor=actor)


@transaction.atomic
def terminate_contract(pk: int, *, on: date, reason: str, actor: Any) -> Contract:
    """End an approved contract and void its unpaid order; `Refusal` once money has come in."""
    if not reason.strip():
        raise Refusal("请填写终止原因", field="reason")
    contract = Contract.objects.visible_to(actor, "billing.terminate_contract").get(pk=pk)
    with connection.cursor() as cursor:
        # A bill run in this community must not make the order while the contract ends.
        lock_communities(cursor, [contract.community_id])
    order = living_order(contract)
    contract = Contract.objects.visible_to(actor, "billing.terminate_contract").locked(pk)
    if order is not None:
        void(order, on=on, reason=f"合同终止：{reason}", actor=actor)
    contract.terminated_on = on
    return _step(contract, "terminate", "terminated_on", actor=actor, note=reason)


def _step(contract: Contract, transition: str, *fields: str, actor: Any, note: str = "") -> Contract:
    before, contract.state = contract.state, contract_flow.next(transition, contract.state)
    contract.save(update_fields=["state", *fields])
    record(actor, f"contract.{transition}", contract, before=before, after=contract.state, note=note)
    return contract


def products_on_offer(company_id: int) -> Any:
    """Return the products that rooms of a company can be signed to."""
    return Product.objects.filter(
        company_id=company_id,
        active=True,
        versions__state=VersionState.EFFECTIVE,
        season__state__in=(SeasonState.PREPARING, SeasonState.COLLECTING, SeasonState.HEATING),
    ).distinct()
