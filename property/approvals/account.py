"""缴费账号变更."""

from __future__ import annotations

from heating.kit.errors import Refusal
from property.models import ChangeRequest, Owner, Room
from property.queries import given_up
from property.services.changes import Change, Field


class AccountChange(Change):
    """Another 缴费账号 for a room; an account that another room has or had is refused."""

    code, label = "account", "缴费账号变更"
    fields = {"account_no": Field("缴费账号", column="account_no")}
    taken = ("缴费账号已被其他户室使用", "account_no")

    def check(self, row: ChangeRequest, owner: Owner, room: Room | None) -> None:
        account = row.after.get("account_no")
        if room is not None and account and given_up(room.company_id, [account], room=room):
            raise Refusal("缴费账号曾被其他户室使用，不能再用", field="account_no")
