"""The kinds of change requests that write nothing but owners and rooms."""

from heating.approvals.queries import announce
from heating.approvals.services.decisions import register
from property.approvals.account import AccountChange
from property.models import ChangeRequest

register(AccountChange)
announce("changes", "待审批的业主、户室变更", ChangeRequest)
