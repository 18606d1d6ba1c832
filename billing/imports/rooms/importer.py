"""户室导入: 小区, 楼幢, 单元, 户室, 业主, contracts, orders and old debts from one file."""

from __future__ import annotations

from typing import Any

from billing.imports.rooms.checks import CREATE, UPDATE, check_rooms
from billing.imports.rooms.columns import room_template
from billing.imports.rooms.known import Stored, first_year, product_words
from billing.imports.rooms.load import load_rooms, room_columns
from billing.imports.rooms.requests import request_changes
from billing.imports.rooms.undo import undo_rooms
from billing.models import Season
from heating.imports.importer import Destination, Importer
from heating.imports.models import Batch
from heating.imports.result import Result
from heating.imports.sheet import Sheet
from heating.imports.template import Template
from org.parameters import number_parameter
from org.services import use_office
from property.imports.words import relief_words
from property.models import Room


class RoomImporter(Importer):
    """New rooms with all that belongs to them; a stored room with other values gets a change request."""

    kind, title, permission = "rooms", "户室导入", "property.import_room"
    made = {
        "communities": "小区",
        "buildings": "楼幢",
        "units": "单元",
        "rooms": "户室",
        "owners": "业主",
        "contracts": "签约",
        "orders": "订单",
        "old_debts": "往年欠费",
        "unbillable": "未开单",
        "requests": "变更申请",
    }
    actions = Importer.actions | {UPDATE: "变更申请"}
    undo_warning = "本批次新建的户室、业主、签约和订单都会删除。"

    def template(self, to: Destination) -> Template:
        """Return the template with the company's relief types, products, account length and current season."""
        season = Season.objects.current(to.company_id)
        words, _ = relief_words()
        return room_template(
            reliefs=words,
            products=product_words(season),
            fixed=number_parameter(to.company_id, "缴费账号固定长度"),
            current=first_year(season, to.on),
        )

    def check_rows(self, sheet: Sheet, to: Destination) -> Result:
        _, codes = relief_words()
        season = Season.objects.current(to.company_id)
        labels = {code: label for label, code in codes.items()}
        return check_rooms(sheet, Stored(to.company_id, to.office_id, season, actor=to.actor, reliefs=labels))

    def load(self, result: Result, to: Destination, batch: Batch) -> dict[str, Any]:
        """Create what is new and ask for what differs; `to.actor` must have been checked for both."""
        rows = result.good_rows()
        new = [row for row in rows if result.action(row) == CREATE]
        changed = [row for row in rows if result.action(row) == UPDATE]
        counts: dict[str, Any] = {}
        if new:
            use_office(to.office_id)
            counts = load_rooms(
                room_columns(result, new),
                company_id=to.company_id,
                office_id=to.office_id,
                batch=batch,
                actor=to.actor,
                on=to.on,
            )
        if changed:
            counts["requests"] = request_changes(result, changed, to, batch)
        return counts

    def undo(self, batch: Batch, to: Destination) -> dict[str, Any]:
        return undo_rooms(batch, company_id=to.company_id, actor=to.actor, on=to.on)

    def stands(self, batch: Batch) -> bool:
        return Room.objects.filter(batch_id=batch.pk).count() == batch.counts.get("made", {}).get("rooms", 0)
