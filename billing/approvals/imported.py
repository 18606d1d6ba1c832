"""户室导入变更: what a line of an import asks of a room that exists; also another product, and an old debt."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from billing.approvals.area import AREAS
from billing.approvals.heat_state import ROOM_FACTS
from billing.approvals.owner import RELIEF, RELIEF_DAYS
from billing.approvals.priced import PricedChange, refuse_bare_relief
from billing.models import Contract, Order, ProductVersion, Season
from billing.services.arrears import add_old_debt, old_season
from billing.services.bill_run import bill_contracts
from billing.services.contracts import UNHEATED, sign_at_once, sign_instead
from billing.services.orders import living_order, void
from billing.services.rollup import change_kind
from billing.states import ContractSource, ContractState, FeeKind, OrderState, VersionState
from heating.kit.errors import Refusal
from property.models import ChangeRequest, Owner, Room
from property.services.changes import Field
from property.states import OwnerKind


class ImportedChange(PricedChange):
    """A file's other values of a room and its owner, its product of the current season, and an old debt."""

    code, label = "import", "户室导入变更"
    rivals = ("room",)
    fields = {
        **RELIEF_DAYS,
        **AREAS,
        **ROOM_FACTS,
        "owner_name": Field("业主姓名", "owner", "name"),
        "owner_phone": Field("业主电话", "owner", "phone"),
        "owner_phone2": Field("业主备用电话", "owner", "phone2"),
        "owner_kind": Field("用户类型", "owner", "kind", words=dict(OwnerKind.choices)),
        "owner_relief": Field("优抚类型", "owner", "relief", fact="relief", words=RELIEF),
        # No fields of owner or room: a contract, and an order.
        "product_code": Field("签约产品", ""),
        "debt": Field("往年欠费", "", spell=lambda debt: f"{debt['season']} {debt['amount']} 元"),
    }

    def check(self, row: ChangeRequest, owner: Owner, room: Room | None) -> None:
        """A file's other name for one of several rooms is another owner, not another name."""
        if room is None or not {"owner_name", "owner_phone"} & set(row.after):
            return
        name, phone = row.after.get("owner_name") or owner.name, row.after.get("owner_phone") or owner.phone
        if (name, phone) == (owner.name, owner.phone):
            return
        others = Owner.objects.filter(company_id=owner.company_id, name=name, phone=phone).exclude(pk=owner.pk)
        if there := others.first():
            raise Refusal(f"已有业主 {there.name}（编号 {there.number}）；如该户已换业主，请驳回后办理过户")
        count = owner.rooms.count()
        if name != owner.name and count > 1:
            raise Refusal(
                f"业主 {owner.name} 名下有 {count} 户，不能随一户改名；已换业主请办理过户，更正请申请业主变更"
            )

    def follow(
        self, row: ChangeRequest, owner: Owner, room: Room | None, facts: set[str], *, on: date, actor: User
    ) -> None:
        assert room is not None  # a row of a room file is always that of a room
        if "relief" in facts:
            refuse_bare_relief(row, owner)
        contract = None
        if "product_code" in row.after:
            contract = change_product(row, room, row.after["product_code"], on=on, actor=actor)
        self.reprice(row, owner, room, facts, contract, on=on, actor=actor)
        if "debt" in row.after:
            set_old_debt(row, room, owner, row.after["debt"], on=on, actor=actor)

    def repriced(self, order: Order, contract: Contract | None) -> None:
        """Put an order that is priced by a new contract under it; a closed one with a supplement stays where it is."""
        if contract is None or order.version_id != contract.version_id:
            return
        order.contract = contract
        order.save(update_fields=["contract"])
        change_kind(order, contract.version.product.kind)


def change_product(row: ChangeRequest, room: Room, code: str | None, *, on: date, actor: User) -> Contract | None:
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
        _end(old, row, on=on, actor=actor)
        return None
    version = _on_offer(season, code)
    if room.heat_state in UNHEATED:
        raise Refusal(f"{room.address} 的供热状态为{room.get_heat_state_display()}，不能签约")
    if old is not None and old.product_id == version.product_id:
        return None
    new = _sign(row, room, old, version, on=on, actor=actor)
    if living_order(new) is not None:
        return new
    run = bill_contracts(season, on=on, actor=actor, contracts=[new.pk])
    left_out = run and run.unbillable.first()
    if left_out:
        raise Refusal(f"{room.address} 不能开单：{left_out.reason}")
    return None


def _sign(
    row: ChangeRequest, room: Room, old: Contract | None, version: ProductVersion, *, on: date, actor: User
) -> Contract:
    """Sign the room to a version, in the place of the contract that it has."""
    if old is None:
        return sign_at_once(room, version, submitted_by=row.submitted_by, on=on, actor=actor)
    return sign_instead(
        old,
        owner_id=old.owner_id,
        version=version,
        source=ContractSource.IMPORT,
        why=f"{row.get_kind_display()} {row.number}",
        submitted_by=row.submitted_by,
        on=on,
        actor=actor,
    )


def _on_offer(season: Season, code: str) -> ProductVersion:
    versions = ProductVersion.objects.select_related("product")
    version = versions.filter(
        product__season=season, product__code=code, product__active=True, state=VersionState.EFFECTIVE
    ).first()
    if version is None:
        raise Refusal(f"产品 {code} 在当前采暖季没有生效的版本")
    return version


def _end(old: Contract | None, row: ChangeRequest, *, on: date, actor: User) -> None:
    if old is None:
        return
    order = living_order(old)
    if order is not None:
        void(order, on=on, reason=f"取消签约 {row.number}", actor=actor)
    old.state, old.terminated_on = ContractState.TERMINATED, on
    old.decision_note = f"取消签约 {row.number}"
    old.save(update_fields=["state", "terminated_on", "decision_note"])


def set_old_debt(row: ChangeRequest, room: Room, owner: Owner, wanted: Any, *, on: date, actor: User) -> None:
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
        void(order, on=on, reason=f"往年欠费更正 {row.number}", actor=actor)
    if amount:
        room.owner = owner
        add_old_debt(room, season, amount, on=on, actor=actor)
