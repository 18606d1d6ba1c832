"""A company with one row in every table of the back office, each of which shows the company's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import DataScope, Device, LoginFailure, LoginGuard, User
from billing.models import (
    Allocation,
    BillRun,
    Excess,
    LedgerEntry,
    LedgerGroup,
    OrderLine,
    Prepayment,
    PrepaymentEntry,
    SeasonRollup,
    Unbillable,
)
from heating.audit.services import record
from heating.imports.models import Batch
from heating.jobs.models import Job
from meters.models import Reading
from org.models import DictEntry, Office
from payments.models import Payment, Receipt, ReceiptCounter, ReceiptPrint, Reversal
from property.models import Attachment, ChangeRequest, Owner, Room
from tests import build

ON = date(2025, 11, 20)
PHONE, CARD = "16012345678", "11010519491231002X"
SEE = (
    "org.view_office", "org.view_parameter", "org.view_dictentry", "accounts.view_user", "accounts.view_role",
    "accounts.view_loginlog", "audit.view_record", "jobs.view_job", "jobs.view_all_job", "property.view_community",
    "property.view_building", "property.view_unit", "property.view_room", "property.view_owner",
    "property.view_changerequest", "meters.view_reading", "billing.view_season", "billing.view_product",
    "billing.view_contract", "billing.view_order", "billing.view_ledgergroup", "billing.view_prepayment",
    "billing.view_excess",
    "billing.view_billrun", "payments.view_payment", "payments.view_receipt", "reports.view_statement",
)  # fmt: skip
WRITE = (
    "org.add_office", "org.change_office", "org.delete_office", "org.change_parameter", "org.add_dictentry",
    "org.change_dictentry", "org.delete_dictentry", "billing.delete_product",
)  # fmt: skip


def staff(username: str, company: Office, *names: str, scope: str = DataScope.COMPANY_BELOW, **fields: Any) -> User:
    """Somebody whom `manage.py grant_admin` let in."""
    return build.user(username, company, build.role(company, *names, scope=scope), **({"is_staff": True} | fields))


def furnish(word: str) -> Office:
    """Make the company; every row of it shows `word` in its list."""
    company = build.company(word, manager=word)
    build.parameter(company, "回单备注", word)
    clerk = build.user(f"clerk-{company.pk}", company, build.role(company, *SEE, title=word), name=word, phone=PHONE)
    house = build.unit(build.building(build.community(company, word), word), word)
    owner = build.owner(company, word, phone=PHONE, id_kind="身份证", id_tail=CARD[-4:])
    room = build.room(house, number=word, owner=owner, address=word)
    season = build.season(company, name=word)
    sheet = replace(build.PRODUCT_A, name=word, code=f"P{company.pk}-{word}")
    version = build.product(season, sheet)
    _people(word, company, clerk)
    _place(word, room, clerk)
    signed = build.contract(room, version, number=f"HT-{word}")
    _money(word, room, build.order(signed, on=ON, owner_name=word, number=f"DD-{word}"), clerk)
    run = BillRun.objects.create(company=company, season=season, on=ON, actor=clerk)
    Unbillable.objects.create(run=run, contract=signed, reason=word)
    SeasonRollup.objects.create(
        season_id=season.pk, company_id=company.pk, office_id=company.pk, community_id=room.community_id,
        building_id=room.building_id, product_kind=word[:10],
    )  # fmt: skip
    return company


def _people(word: str, company: Office, clerk: User) -> None:
    now = timezone.now()
    LoginGuard.objects.create(key=f"{word}-{company.pk}", user=clerk)
    Device.objects.create(user=clerk, key=word, seen_at=now)
    LoginFailure.objects.create(address=f"{word}", at=now)
    DictEntry.objects.create(dictionary="relief", code=f"c{company.pk}", label=word)
    record(clerk, "test.deed", company, note=f"{word} {PHONE}", before={"phone": PHONE, "id_no": CARD})
    job = Job.objects.create(
        kind="test", title=word, office_id=company.pk, created_by=clerk, run_at=now + timedelta(days=1), error=PHONE
    )
    Batch.objects.create(
        kind="rooms", company_id=company.pk, office_id=company.pk, file_name=word, job=job, created_by=clerk
    )


def _place(word: str, room: Room, clerk: User) -> None:
    Reading.objects.create(room=room, meter_no=word, on=ON, end=Decimal(7), reader=clerk)
    request = ChangeRequest.objects.create(
        company=room.company, office=room.office, number=f"BG-{word}", kind="owner", owner=room.owner,
        before={"phone": PHONE, "id_no": CARD}, after={"phone": PHONE}, submitted_by=clerk, reason=f"电话 {PHONE}",
    )  # fmt: skip
    Attachment.objects.create(request=request, name=word, size=1, added_by=clerk)
    # The triggers keep the old rows.
    Owner.objects.filter(pk=room.owner_id).update(note="x")
    Room.objects.filter(pk=room.pk).update(note="x")


def _money(word: str, room: Room, order: Any, clerk: User) -> None:
    place = {"company": room.company, "office": room.office, "community": room.community, "building": room.building}
    OrderLine.objects.create(order=order, position=99, kind="x", label=word, text=word, amount=1)
    group = LedgerGroup.objects.create(source=word, on=ON, company=room.company, office=room.office, actor=clerk)
    LedgerEntry.objects.create(group=group, account="cash", side="debit", amount=1)
    payment = Payment.objects.create(
        number=f"JF-{word}", channel="cash", amount=1, site=room.office, room=room, owner_name=word,
        address=word, owner_kind="private", cashier=clerk, **place,
    )  # fmt: skip
    Allocation.objects.create(order=order, group=group, kind="principal", amount=1, on=ON)
    saving = Prepayment.objects.create(room=room, balance=1, **place)
    PrepaymentEntry.objects.create(prepayment=saving, group=group, direction="in", amount=1, on=ON, note=word)
    Excess.objects.create(
        room=room, owner=room.owner, owner_name=word, account_no=room.account_no, address=word, amount=1, on=ON,
        reason=word, group=group, **place,
    )  # fmt: skip
    receipt = Receipt.objects.create(
        payment=payment, site=room.office, on=ON, seq=1, number=f"HD-{word}", content={"phone": PHONE}
    )
    ReceiptPrint.objects.create(receipt=receipt, nth=1, paper="A5", by=clerk)
    ReceiptCounter.objects.create(site=room.office, on=ON, last=1)
    Reversal.objects.create(payment=payment, by=clerk, on=ON, reason=word)
