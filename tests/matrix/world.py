"""The world of the permission matrix: five positions, each with one row of every kind and a word of its own.

集团 (parent company) ── 直属站 ················· PARENT
 └── 本公司
      ├── 东站 ── 东站班组
      │     ├── 第一个小区, paid at alice's till ··· OWN
      │     └── 第二个小区, paid at dora's till ···· BESIDE
      └── 西站 ······························· SISTER
外公司 ── 外站 ································· OTHER
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from billing.models import Excess, LedgerGroup, Order, ProductVersion
from heating.audit.models import Record
from heating.audit.services import record
from heating.imports.importer import IMPORTERS
from heating.imports.models import Batch
from heating.imports.states import BatchState
from heating.jobs.models import Job
from heating.jobs.states import JobState
from org.models import DictEntry, Office
from payments.services import take_payment
from payments.services.take import Till
from property.models import Attachment, ChangeRequest, Owner, Room
from property.services.changes import request_change
from property.services.owners import sealed
from tests import build

OWN, BESIDE, SISTER, PARENT, OTHER = POSITIONS = ("own", "beside", "sister", "parent", "other")
# One rare word for each position stands in every text of its rows, and one amount is paid there.
WORDS = {OWN: "金丝雀甲", BESIDE: "金丝雀乙", SISTER: "金丝雀丙", PARENT: "金丝雀丁", OTHER: "金丝雀戊"}
PAID = {OWN: "101.01", BESIDE: "211.02", SISTER: "431.04", PARENT: "871.08", OTHER: "1743.16"}
# Nobody without 查看敏感信息 ever reads one of these in full.
PHONES = {position: f"1591234567{n}" for n, position in enumerate(POSITIONS)}
CARD = "11010519491231002X"
NOW = datetime(2025, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))

# What a clerk of each position needs, to put the rows there through the services.
CLERK = (
    "payments.take_payment",
    "property.request_owner_change",
    "property.request_room_change",
    "property.view_changerequest",
)


@dataclass
class Spot:
    """One position: its office, its word, and its rows by model (several kinds of imports and changes by name)."""

    position: str
    office: Office
    clerk: User
    rows: dict[type[Model], Model] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    # Rows for pages that open another kind of request, say of an owner instead of a room.
    others: dict[str, Model] = field(default_factory=dict)

    @property
    def word(self) -> str:
        return WORDS[self.position]

    def row(self, page: Any) -> Model:
        """Return the row that a page opens by id here."""
        if page.model is Batch:
            return self.batches[page.kind]
        return self.rows[page.model]


@dataclass
class World:
    company: Office
    site: Office
    spots: dict[str, Spot]


def make_world() -> World:
    """Build everything in the test's transaction."""
    group = build.company("集团" + WORDS[PARENT])
    company = build.company("本公司", parent=group, level=2)
    east = build.site(company, "东站", level=3)
    crew = build.site(east, "班组" + WORDS[BESIDE], level=4)
    west = build.site(company, "西站" + WORDS[SISTER], level=3)
    direct = build.site(group, "直属站" + WORDS[PARENT])
    foreign = build.site(build.company("外公司" + WORDS[OTHER]), "外站" + WORDS[OTHER])
    products = {office.pk: product_of(office) for office in (group, company, foreign.company)}
    homes = {OWN: east, BESIDE: east, SISTER: west, PARENT: direct, OTHER: foreign}
    spots = {}
    for position, office in homes.items():
        clerk = build.user(f"clerk_{position}", office, build.role(office.company, *CLERK, title=f"办事员{position}"))
        spots[position] = Spot(position, office, clerk)
        fill(spots[position], products[office.company_id])
    spots[BESIDE].rows[Office] = crew
    for spot in spots.values():
        logged(spot)
    return World(company, east, spots)


def product_of(company: Office) -> ProductVersion:
    """One product of a company in its current season."""
    return build.product(build.season(company))


def fill(spot: Spot, version: ProductVersion) -> None:
    """Put one row of every kind into a position."""
    word, office = spot.word, spot.office
    community = build.community(office, f"小区{word}", address=f"路{word}", code=f"C{spot.position}")
    building = build.building(community, f"楼{word}")
    unit = build.unit(building, f"单元{word}")
    secrets = {"phone": PHONES[spot.position], "phone2": f"18{PHONES[spot.position][2:]}", **sealed("身份证", CARD)}
    owner = build.owner(office, f"业主{word}", note=f"备注{word}", **secrets)
    room = build.room(unit, number=f"室{word}", owner=owner, note=f"备注{word}")
    order = build.order(build.contract(room, version), on=NOW.date())
    till = Till(uuid.uuid4(), "cash", Decimal(PAID[spot.position]), note=word)
    payment = take_payment(room.pk, till, actor=spot.clerk, now=NOW)
    spare = build.user(f"spare_{spot.position}", office, name=f"员工{word}", phone="13800000000")
    role = build.role(office, "property.view_room", title=f"岗位{word}")
    made = [office, community, building, unit, owner, room, Order.objects.get(pk=order.pk), payment, payment.receipt]
    spot.rows = {type(row): row for row in (*made, spare, role)}
    spot.rows[DictEntry] = DictEntry.objects.get_or_create(dictionary="测试", code="x", label="公用词")[0]
    spot.rows[ChangeRequest] = asked = ask(spot, room.pk)
    spot.rows[Attachment] = handed_in(spot, asked)
    spot.rows[Excess] = excess(spot, order)
    long_work(spot)


def handed_in(spot: Spot, asked: ChangeRequest) -> Attachment:
    """A file of a request."""
    return Attachment.objects.create(
        request=asked,
        name=f"附件{spot.word}.pdf",
        file=f"{spot.position}.xlsx",
        kind="application/pdf",
        size=1,
        sha256="0" * 64,
        added_by=spot.clerk,
    )


def excess(spot: Spot, order: Order) -> Excess:
    """挂账 as a 过户 would leave it."""
    group = LedgerGroup.objects.create(
        source=f"matrix:{spot.position}", on=NOW.date(), company_id=order.company_id, office_id=order.office_id
    )
    places = {name: getattr(order, name) for name in ("company_id", "office_id", "community_id", "building_id")}
    said = {name: getattr(order, name) for name in ("room_id", "owner_id", "owner_name", "account_no", "address")}
    return Excess.objects.create(**places, **said, amount=1, on=NOW.date(), reason=f"过户{spot.word}", group=group)


def ask(spot: Spot, room: int) -> ChangeRequest:
    """Two open requests, of the room and of its owner."""
    owner = spot.rows[Owner]
    asked = request_change(
        "owner", owner.pk, {"name": f"新名{spot.word}"}, reason=f"原因{spot.word}", actor=spot.clerk, on=NOW.date()
    )
    spot.others |= {"property:owner-change-edit": asked, "property:owner-change-attach": asked}
    imported = ChangeRequest.objects.create(
        **{name: getattr(asked, name) for name in ("company_id", "office_id", "owner_id", "before", "reason")},
        room_id=room,
        community_id=spot.rows[Room].community_id,
        building_id=spot.rows[Room].building_id,
        kind="import",
        number=f"导入{spot.word}"[:24],
        after={"note": f"备注{spot.word}"},
        submitted_by=spot.clerk,
        batch_id=1,
    )
    spot.others |= {"property:imported-change-edit": imported}
    spot.others |= {"property:owner-attachment-remove": handed_in(spot, asked)}
    return request_change(
        "area", room, {"floor_area": Decimal("92.10")}, reason=f"原因{spot.word}", actor=spot.clerk, on=NOW.date()
    )


def logged(spot: Spot) -> None:
    """One deed and one sign-in, the latest of the logs."""
    record(spot.clerk, "login.ok", spot.clerk, note=spot.word)
    spot.rows[Record] = record(spot.clerk, "office.edit", spot.office, note=spot.word, office_id=spot.office.pk)


def long_work(spot: Spot) -> None:
    """A checked file of each kind, and a finished job."""
    now = timezone.now()
    path = Path(settings.MEDIA_ROOT) / f"{spot.position}.xlsx"
    path.parent.mkdir(exist_ok=True)
    openpyxl.Workbook().save(path)
    for kind in IMPORTERS:
        spot.batches[kind] = Batch.objects.create(
            kind=kind,
            state=BatchState.CHECKED,
            company_id=spot.office.company_id,
            office_id=spot.office.pk,
            file_name=f"{spot.word}.xlsx",
            file_hash=uuid.uuid4().hex,
            file=path.name,
            error_file=path.name,
            counts={"ok": 1, "warn": 0, "error": 0, "skipped": 0},
            options={"problems": [f"错误 {spot.word}"]},
            created_by=spot.clerk,
        )
    spot.rows[Job] = Job.objects.create(
        kind="import.check",
        title=f"任务{spot.word}",
        state=JobState.DONE,
        office_id=spot.office.pk,
        created_by=spot.clerk,
        result_file=path.name,
        error_file=path.name,
        run_at=now,
        finished_at=now,
        seen_at=now,
    )
