"""户室信息变更: 供热状态, 热表号 and 备注."""

from __future__ import annotations

from billing.approvals.priced import PricedChange
from property.services.changes import Field
from property.states import HeatState

ROOM_FACTS = {
    "heat_state": Field("供热状态", column="heat_state", fact="vacancy", words=dict(HeatState.choices)),
    "meter_no": Field("热表号", column="meter_no"),
    "note": Field("备注", column="note"),
}


class HeatStateChange(PricedChange):
    """Another 供热状态 of a room, which decides about 空房, and what is noted besides."""

    code, label, fields = "room", "户室信息变更", ROOM_FACTS
    rivals = ("import",)
