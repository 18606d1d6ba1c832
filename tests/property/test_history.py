"""Who changed what, when, by which request; and what stood on a past day."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from heating.audit.history import sign_history
from property.models import Owner, Room
from property.queries import as_of, timeline
from tests import build

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def room() -> Room:
    made = build.room(office=build.site(build.company()))
    born = datetime(2025, 9, 1, tzinfo=CHINA)
    with connection.cursor() as cursor:
        # Born in September, not in this test's moment; that is no change worth a memory.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE property_room DISABLE TRIGGER USER")
        cursor.execute("UPDATE property_room SET created_at = %s", [born])
        cursor.execute("ALTER TABLE property_room ENABLE TRIGGER USER")
    return Room.objects.get(pk=made.pk)


def backdate(room: Room, *moments: datetime) -> None:
    """Move the kept rows to past moments, oldest first, as if the changes had been made then."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE property_roomremembered DISABLE TRIGGER USER")
        for pk, moment in zip(room.history.order_by("pgh_id").values_list("pk", flat=True), moments, strict=True):
            cursor.execute("UPDATE property_roomremembered SET pgh_created_at = %s WHERE pgh_id = %s", [moment, pk])
        cursor.execute("ALTER TABLE property_roomremembered ENABLE TRIGGER USER")


def change(room: Room, **values: Any) -> None:
    for name, value in values.items():
        setattr(room, name, value)
    room.save(update_fields=list(values))


def test_the_room_as_of_a_past_day(room: Room) -> None:
    change(room, floor_area=Decimal("92.10"))
    change(room, floor_area=Decimal("95.00"))
    backdate(room, datetime(2025, 11, 20, 15, tzinfo=CHINA), datetime(2025, 12, 1, 0, 0, tzinfo=CHINA))
    areas = {
        day: as_of(room, datetime.fromisoformat(day).date()).floor_area
        for day in ("2025-11-19", "2025-11-20", "2025-11-30", "2025-12-01")
    }
    assert areas == {
        "2025-11-19": Decimal("89.55"),
        "2025-11-20": Decimal("92.10"),
        "2025-11-30": Decimal("92.10"),
        "2025-12-01": Decimal("95.00"),
    }
    assert as_of(room, datetime(2025, 8, 31).date()) is None


def test_the_timeline_says_who_and_by_which_request(room: Room) -> None:
    with transaction.atomic():
        sign_history(build.user("bob", room.office), request="BG20251120000001")
        change(room, floor_area=Decimal("92.10"), heat_state="vacant")
    (step,) = timeline(room)
    assert (step.who, step.request) == ("bob", "BG20251120000001")
    assert {(label, str(old), str(new)) for label, old, new, _ in step.changes} == {
        ("建筑面积", "89.55", "92.10"),
        ("供热状态", "正常", "空置"),
    }


def test_bulk_and_raw_changes_are_remembered_and_nothing_else(room: Room) -> None:
    Room.objects.filter(pk=room.pk).update(floor=5)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE property_owner SET phone = '16099990000' WHERE id = %s", [room.owner_id])
        cursor.execute("UPDATE property_room SET sort_key = sort_key || 'x', floor = floor")
    assert room.history.count() == 1 and room.owner.history.count() == 1
    assert Owner.history.rel.related_model.objects.count() == 1


def test_what_is_remembered_cannot_be_rewritten(room: Room) -> None:
    change(room, floor=5)
    for words in ("UPDATE property_roomremembered SET floor = 1", "DELETE FROM property_roomremembered"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words)
    assert as_of(room, datetime.now(CHINA).date() + timedelta(days=1)).floor == 5
