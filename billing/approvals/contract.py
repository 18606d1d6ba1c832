"""户室签约审批."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from billing.models import Contract
from billing.services.bill_run import bill_contracts
from billing.states import ContractState
from heating.approvals.services.decisions import ApprovalKind
from heating.kit.errors import Refusal


class ContractApproval(ApprovalKind[Contract]):
    """A room's contract for a season: approval makes its order, exactly once."""

    code, label, model = "contract", "户室签约", Contract

    def not_yet(self, row: Contract, on: date) -> str:
        others = Contract.objects.filter(room=row.room_id, season=row.season_id, state=ContractState.APPROVED)
        return "该户室本采暖季已有签约" if others.exclude(pk=row.pk).exists() else ""

    def apply_together(self, rows: list[Contract], *, on: date, actor: User) -> None:
        """Bill the contracts season by season; `Refusal` names the first room that cannot be billed."""
        for season in {contract.season for contract in rows}:
            mine = [contract.pk for contract in rows if contract.season_id == season.pk]
            run = bill_contracts(season, on=on, actor=actor, contracts=mine)
            left_out = run and run.unbillable.select_related("contract__room").first()
            if left_out:
                raise Refusal(f"{left_out.contract.room.address} 不能开单：{left_out.reason}")
