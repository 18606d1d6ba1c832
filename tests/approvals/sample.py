"""A kind of change that only the tests know: one class, and one entry in the list of kinds."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from heating.audit.services import record
from heating.kit.errors import Refusal
from property.models import ChangeRequest, Owner, Room
from property.services.changes import Change, Field


class MeterChange(Change):
    """Another 热表号, and the reason for it in the room's remark."""

    code, label = "meter", "换表"
    fields = {"meter_no": Field("热表号", column="meter_no"), "note": Field("备注", column="note")}

    def check(self, row: ChangeRequest, owner: Owner, room: Room | None) -> None:
        if room is not None and Room.objects.filter(meter_no=row.after.get("meter_no")).exclude(pk=room.pk).exists():
            raise Refusal("该热表已装在其他户室", field="meter_no")

    def follow(
        self, row: ChangeRequest, owner: Owner, room: Room | None, facts: set[str], *, on: date, actor: User
    ) -> None:
        record(actor, "room.meter", room, before=row.before, after=row.after, note=row.number)
