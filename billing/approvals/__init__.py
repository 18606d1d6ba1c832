"""What takes effect on contracts and orders after approval: one class per kind, listed here."""

from billing.approvals.area import AreaChange, HeightChange
from billing.approvals.contract import ContractApproval
from billing.approvals.heat_state import HeatStateChange
from billing.approvals.imported import ImportedChange
from billing.approvals.owner import OwnerChange
from billing.approvals.transfer import TransferChange
from billing.models import Contract
from heating.approvals.queries import announce
from heating.approvals.services.decisions import register

register(OwnerChange, AreaChange, HeightChange, HeatStateChange, TransferChange, ImportedChange, ContractApproval)
announce("contracts", "待审批的签约", Contract)
