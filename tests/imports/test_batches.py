"""A file on its way: kept, checked, imported by the worker's steps, recognised, taken back."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.utils import timezone
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm

from accounts.models import DataScope
from billing.models import Contract, LedgerEntry, Order
from heating.audit.models import Record
from heating.imports.importer import IMPORTERS, Destination
from heating.imports.models import Batch
from heating.imports.result import Result
from heating.imports.services import commit_batch, import_now, receive, undo_batch
from heating.jobs.worker import Worker
from heating.jobs.worker_connection import WorkerConnection
from heating.kit.errors import Refusal
from payments.services import take_payment
from payments.services.take import Till
from property.models import ChangeRequest, Community, Owner, Room
from tests import build
from tests.imports.files import room, save

PERMISSIONS = ("property.import_room", "property.add_community", "property.import_owner", "payments.take_payment")


@pytest.fixture
def east(db: Any) -> Any:
    site = build.site(build.company())
    build.product(build.season(site.company))
    return site


@pytest.fixture
def alice(east: Any) -> Any:
    return build.user("alice", east, build.role(east.company, *PERMISSIONS, scope=DataScope.OFFICE_BELOW))


def to(user: Any) -> Destination:
    return Destination(user.office.company_id, user.office_id, user, timezone.localdate())


def check(path: Path, user: Any) -> Result:
    return IMPORTERS["rooms"].check(path, to(user))


def codes(path: Path, user: Any) -> dict[int, set[str]]:
    """Return the remarks on each row by Excel row number."""
    result = check(path, user)
    return {row + 1: {issue.code for issue in result.issues(row)} for row in result.sheet.data_rows}


def test_good_rows_are_imported_and_bad_ones_left_out(alice: Any, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [room(1), room(2, 建筑面积="约90"), room(3)])
    batch = import_now("rooms", path, to(alice))
    assert batch.counts["ok"] == 2 and batch.counts["error"] == 1 and batch.counts["made"]["rooms"] == 2
    assert set(Room.objects.values_list("account_no", flat=True)) == {"0000000001", "0000000003"}
    assert Room.objects.filter(batch_id=batch.pk, created_by=alice, office=alice.office).count() == 2
    assert Contract.objects.filter(state="approved", source="import", batch_id=batch.pk).count() == 2
    assert Record.objects.filter(event="room.import", actor=alice).count() == 1


def test_all_or_nothing_leaves_nothing_of_a_file_with_one_bad_row(alice: Any, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [room(1), room(2, 建筑面积="约90"), room(3)])
    with pytest.raises(Refusal, match="1 行错误"):
        import_now("rooms", path, to(alice), whole=True)
    assert not Room.objects.exists() and not Batch.objects.exists()


def test_the_same_file_again_writes_nothing(alice: Any, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [room(n) for n in range(1, 6)])
    first = import_now("rooms", path, to(alice))
    rows = (Room.objects.count(), Order.objects.count(), LedgerEntry.objects.count(), Owner.objects.count())
    again = import_now("rooms", path, to(alice))
    assert again.counts["same_as"] == first.pk and again.counts["made"] == {}
    assert (Room.objects.count(), Order.objects.count(), LedgerEntry.objects.count(), Owner.objects.count()) == rows


def test_other_bytes_with_the_same_rows_write_nothing_either(alice: Any, tmp_path: Path) -> None:
    rows = [room(1, 往年欠费采暖季="2023", 往年欠费本金=500), room(2, 业主电话="16000000002/16000000003", 备注="x\\y")]
    import_now("rooms", save(tmp_path / "a.xlsx", rows), to(alice))
    again = import_now("rooms", save(tmp_path / "b.xlsx", rows[::-1]), to(alice))
    assert again.counts["unchanged"] == 2 and again.counts["made"] == {} and "same_as" not in again.counts


def test_a_stored_room_with_other_values_asks_for_a_change(alice: Any, tmp_path: Path) -> None:
    import_now("rooms", save(tmp_path / "a.xlsx", [room(1)]), to(alice))
    changed = save(tmp_path / "b.xlsx", [room(1, 建筑面积=90, 备注="改", 往年欠费采暖季="2023", 往年欠费本金="7.00")])
    batch = import_now("rooms", changed, to(alice))
    request = ChangeRequest.objects.get()
    assert batch.counts["update_request"] == 1 and request.state == "pending" and request.submitted_by == alice
    assert request.before == {"floor_area": "89.55", "note": "", "debt": None}
    assert request.after == {
        "floor_area": "90.00",
        "note": "改",
        "debt": {"season": "2023-2024采暖季", "amount": "7.00"},
    }
    assert Room.objects.get().floor_area == Decimal("89.55")
    third = save(tmp_path / "c.xlsx", [room(1, 建筑面积=91)])
    assert import_now("rooms", third, to(alice)).counts["made"] == {"requests": 0}


def test_an_untouched_batch_is_taken_back_whole(alice: Any, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [room(1, 往年欠费采暖季="2023", 往年欠费本金=500), room(2)])
    batch = import_now("rooms", path, to(alice))
    assign_perm("property.oversee_community", alice, Community.objects.get())
    work(undo_batch(batch.pk, actor=alice, permission="property.import_room"))
    assert not UserObjectPermission.objects.exists()
    batch.refresh_from_db()
    assert batch.state == "undone"
    for model in (Room, Owner, Community, Contract, Order):
        assert not model.objects.exists()
    again = import_now("rooms", path, to(alice))
    assert again.counts["made"]["rooms"] == 2


def test_a_batch_with_a_payment_is_not_taken_back(alice: Any, tmp_path: Path) -> None:
    batch = import_now("rooms", save(tmp_path / "a.xlsx", [room(1)]), to(alice))
    till = Till(uuid4(), "cash", Decimal("1.00"))
    take_payment(Room.objects.get().pk, till, actor=alice, now=timezone.now())
    job = work(undo_batch(batch.pk, actor=alice, permission="property.import_room"))
    batch.refresh_from_db()
    assert job.state == "failed" and "已有缴费" in job.error and batch.state == "committed" and Room.objects.exists()


def work(batch: Batch) -> Any:
    """Do the batch's job as a worker does and return it."""
    batch.refresh_from_db()
    worker = Worker([batch.job.kind], ticks=False)
    worker.link = WorkerConnection()
    try:
        assert worker.step()
    finally:
        worker.link.close()
    batch.job.refresh_from_db()
    return batch.job


def upload(user: Any, path: Path, kind: str = "rooms") -> Batch:
    with path.open("rb") as file:
        return receive(kind, file, path.name, actor=user, company_id=user.office.company_id, office_id=user.office_id)


@pytest.mark.django_db(transaction=True)
def test_the_worker_checks_then_imports(alice: Any, tmp_path: Path, settings: Any) -> None:
    path = save(tmp_path / "台账.xlsx", [room(1), room(2, 业主电话="无"), room(3, 业主姓名="=1+1")])
    batch = upload(alice, path)
    work(batch)
    batch.refresh_from_db()
    assert batch.state == "checked" and batch.counts["error"] == 1 and not Room.objects.exists()
    sheet = openpyxl.load_workbook(BytesIO((settings.MEDIA_ROOT / batch.error_file).read_bytes())).active
    head, _, line, name = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert line[head.index("业主电话*")] == "无" and name[head.index("业主姓名*")] == "=1+1"
    assert "J3" in line[head.index("错误原因")] and "手机" in line[head.index("错误原因")]
    commit_batch(batch.pk, actor=alice, permission="property.import_room")
    work(batch)
    batch.refresh_from_db()
    assert batch.state == "committed" and Room.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_refused_file_fails_with_its_sentence(alice: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("<html>")
    batch = upload(alice, path)
    work(batch)
    batch.refresh_from_db()
    assert batch.state == "failed" and batch.counts["refused"] == "not_a_workbook"
    with pytest.raises(Refusal):
        undo_batch(batch.pk, actor=alice, permission="property.import_room")


def test_a_file_over_twenty_megabytes_is_refused_while_it_comes_in(alice: Any) -> None:
    with pytest.raises(Refusal, match="20 MB"):
        receive(
            "rooms",
            BytesIO(bytes(20 * 1024 * 1024 + 1)),
            "a.xlsx",
            actor=alice,
            company_id=alice.office.company_id,
            office_id=alice.office_id,
        )
    assert not Batch.objects.exists()


def test_another_sites_community_is_unknown(east: Any, alice: Any, tmp_path: Path) -> None:
    west = build.site(east.company, "西城收费站")
    build.community(west, "西苑")
    path = save(tmp_path / "a.xlsx", [room(1, 小区="西苑"), room(2)])
    assert codes(path, alice) == {2: {"unknown_community"}, 3: set()}


def test_who_may_not_add_communities_imports_into_known_ones_only(east: Any, tmp_path: Path) -> None:
    dora = build.user("dora", east, build.role(east.company, "property.import_room", scope=DataScope.OFFICE))
    build.community(east, "阳光小区")
    path = save(tmp_path / "a.xlsx", [room(1), room(2, 小区="新小区")])
    assert codes(path, dora) == {2: set(), 3: {"unknown_community"}}


def test_a_property_manager_imports_into_their_own_community_only(east: Any, tmp_path: Path) -> None:
    from_far = build.role(east.company, "property.import_room", scope=DataScope.JURISDICTION)
    paul = build.user("paul", east, from_far)
    build.community(east, "阳光小区")
    path = save(tmp_path / "a.xlsx", [room(1)])
    assert codes(path, paul) == {2: {"unknown_community"}}


def test_another_companys_rooms_do_not_count(alice: Any, tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", [room(1)])
    import_now("rooms", path, to(alice))
    other = build.site(build.company("邻市热力"), "邻市站")
    build.product(build.season(other.company))
    ned = build.user("ned", other, build.role(other.company, *PERMISSIONS))
    batch = import_now("rooms", path, to(ned))
    assert batch.counts["made"]["rooms"] == 1 and Room.objects.count() == 2 == Owner.objects.count()


def test_another_persons_batch_out_of_scope_is_not_found(alice: Any, tmp_path: Path) -> None:
    batch = import_now("rooms", save(tmp_path / "a.xlsx", [room(1)]), to(alice))
    west = build.site(alice.office.company, "西城收费站")
    charlie = build.user("charlie", west, build.role(west.company, *PERMISSIONS, scope=DataScope.OFFICE))
    with pytest.raises(Batch.DoesNotExist):
        undo_batch(batch.pk, actor=charlie, permission="property.import_room")


def test_sixty_thousand_good_rows_and_one_bad_one_is_a_choice(alice: Any, tmp_path: Path) -> None:
    """Smaller here: the choice is the same for any number of rows."""
    rows = [room(n) for n in range(1, 300)]
    rows[150]["缴费账号"] = "6.2E+18"
    path = save(tmp_path / "a.xlsx", rows)
    with pytest.raises(Refusal):
        import_now("rooms", path, to(alice), whole=True)
    assert import_now("rooms", path, to(alice)).counts["made"]["rooms"] == 298


def test_nothing_new_is_imported_into_what_is_switched_off(east: Any, alice: Any, tmp_path: Path) -> None:
    path = save(
        tmp_path / "a.xlsx",
        [room(1, 小区="旧区"), room(2, 小区="乙区", 楼幢="1号楼"), room(3, 小区="乙区", 楼幢="2号楼")],
    )
    build.community(east, "旧区", active=False)
    second = build.community(east, "乙区")
    build.building(second, "1号楼", active=False)
    assert codes(path, alice) == {2: {"place_disabled"}, 3: {"place_disabled"}, 4: set()}
    second.buildings.update(active=True)
    Community.objects.update(active=True)
    build.owner(east, "李四", "16000009999", active=False)
    path = save(tmp_path / "b.xlsx", [room(1), room(2, 业主姓名="李四", 业主电话="16000009999")])
    assert codes(path, alice) == {2: set(), 3: {"owner_disabled"}}
