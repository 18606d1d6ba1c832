"""A file with few columns: what it does not have it says nothing about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from heating.imports.importer import IMPORTERS, Destination
from heating.imports.services import import_now
from property.models import ChangeRequest
from tests import build
from tests.imports.files import ROOM_HEAD, room, save

FULL = {"户室面积": 70, "层高": 2.9, "用户类型": "公户", "供热状态": "部分供热", "热表号": "M1", "备注": "甲"}
FEW = [name for name in ROOM_HEAD if name.endswith("*")]


@pytest.fixture
def to(db: Any) -> Destination:
    site = build.site(build.company())
    build.product(build.season(site.company))
    user = build.user("alice", site, build.role(site.company, "property.import_room", "property.add_community"))
    return Destination(site.company_id, site.pk, user, timezone.localdate())


def test_a_room_keeps_what_the_file_has_no_column_for(to: Destination, tmp_path: Path) -> None:
    """It once asked to empty 层高, to make a 公户 a 私户, and to end the contract."""
    import_now("rooms", save(tmp_path / "a.xlsx", [room(1, **FULL), room(2, **FULL)]), to)
    path = save(tmp_path / "b.xlsx", [room(1), room(2, 建筑面积=92.1)], FEW)
    assert sorted(IMPORTERS["rooms"].check(path, to).actions.values()) == ["unchanged", "update_request"]
    import_now("rooms", path, to)
    assert ChangeRequest.objects.get().after == {"floor_area": "92.10"}


def test_an_empty_cell_says_that_there_is_nothing(to: Destination, tmp_path: Path) -> None:
    import_now("rooms", save(tmp_path / "a.xlsx", [room(1, **FULL)]), to)
    import_now("rooms", save(tmp_path / "b.xlsx", [room(1, **FULL | {"层高": None})]), to)
    assert ChangeRequest.objects.get().after == {"height": None}
