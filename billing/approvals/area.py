"""面积变更 and 层高变更."""

from __future__ import annotations

from billing.approvals.priced import PricedChange
from property.services.changes import Field, number

HEIGHT = Field("层高", column="height", parse=number, fact="height")
AREAS = {
    "floor_area": Field("建筑面积", column="floor_area", parse=number, fact="floor_area"),
    "inner_area": Field("户室面积", column="inner_area", parse=number, fact="inner_area"),
    "height": HEIGHT,
}


class AreaChange(PricedChange):
    """Other areas of a room, and its height when that was measured again too."""

    code, label, fields = "area", "面积变更", AREAS


class HeightChange(PricedChange):
    """Another height of a room alone."""

    code, label, fields = "height", "层高变更", {"height": HEIGHT}
