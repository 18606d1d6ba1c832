"""B2: importing 100,000 rooms from a workbook against plainly reading and loading the same rows."""

from __future__ import annotations

import os
import resource
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import python_calamine as calamine
from django.db import connection, transaction
from rustpy_xlsxwriter import FastExcel

from billing.imports.rooms.load import RoomColumns, load_rooms
from billing.states import SeasonState
from heating.imports.error_workbook import error_workbook
from heating.imports.importer import IMPORTERS, Destination
from heating.imports.models import Batch
from heating.imports.services import import_now
from heating.kit.append_only import MAY_TRUNCATE
from org.models import Office
from property.models import Room
from tests import build
from tests.bench._sql import stopwatch

GOAL = 1.3
DAY = date(2025, 11, 20)
WRONG_EVERY = 100  # rows, so that there is something to write into the error workbook

HEAD = (
    "小区*", "楼幢*", "单元*", "户室号*", "缴费账号*", "建筑面积*", "户室面积", "层高", "业主姓名*", "业主电话*",
    "用户类型", "优抚类型", "产品编号", "供热状态", "往年欠费采暖季", "往年欠费本金", "热表号", "备注",
)  # fmt: skip
EMPTY = """
TRUNCATE property_room, property_unit, property_building, property_community, property_owner, billing_contract,
    billing_order, billing_orderline, billing_ledgergroup, billing_billrun, billing_seasonrollup, imports_batch CASCADE
"""


def rows(count: int) -> Any:
    """Yield the rows of the workbook; every hundredth has an area of 0."""
    for n in range(count):
        area, block, unit = n // 1000, n // 100 % 10, n // 50 % 2
        cells = (
            f"第{area + 1}小区", f"{block + 1}号楼", f"{unit + 1}单元", f"{n % 50 // 2 + 1}0{n % 2 + 1}", f"{n:010d}",
            "0" if n % WRONG_EVERY == 7 else f"{50 + n % 90}.{n % 97:02d}", "", "2.80", f"业主{n}", f"160{n:08d}",
            "私户", "低保户" if n % 40 == 3 else "普通", "RZ-2025", "正常", "", "", "", "",
        )  # fmt: skip
        yield dict(zip(HEAD, cells, strict=True))


def good(line: list[Any]) -> bool:
    return line[5] != "0"


def plain_columns(path: Path) -> RoomColumns:
    """Read the workbook without any check and put its good rows into columns."""
    lines = calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1:]
    columns = list(map(list, zip(*filter(good, lines), strict=True)))
    count = len(columns[0])
    given = dict(zip((name.rstrip("*") for name in HEAD), columns, strict=True))
    return RoomColumns(
        community=given["小区"],
        building=given["楼幢"],
        unit=given["单元"],
        owner_name=given["业主姓名"],
        phone=given["业主电话"],
        phone2=[""] * count,
        owner_kind=["private"] * count,
        relief=["low_income" if word == "低保户" else "normal" for word in given["优抚类型"]],
        number=given["户室号"],
        account_no=given["缴费账号"],
        floor_area=given["建筑面积"],
        inner_area=[None] * count,
        height=given["层高"],
        product_code=given["产品编号"],
        heat_state=["normal"] * count,
        debt_year=[None] * count,
        debt_amount=[None] * count,
        meter_no=given["热表号"],
        note=given["备注"],
    )


def fresh() -> None:
    """Empty the tables that an import fills, and forget their statistics."""
    with connection.cursor() as cursor:
        cursor.execute(MAY_TRUNCATE)
        cursor.execute(EMPTY)
        cursor.execute("ANALYZE")


def limit(path: Path, site: Office) -> None:
    """calamine + COPY + the set-based upserts of the same tables, the bill run included."""
    columns = plain_columns(path)
    with transaction.atomic():
        batch = Batch.objects.create(
            kind="rooms", company_id=site.company_id, office_id=site.pk, file_name="x", file_hash="x", file="x"
        )
        load_rooms(columns, company_id=site.company_id, office_id=site.pk, batch=batch, actor=None, on=DAY)


def measure() -> dict[str, object]:
    """Measure both on empty tables, then the same file again; BENCH_ROOMS changes the size."""
    count = int(os.environ.get("BENCH_ROOMS", "100000"))
    site = build.site(build.company())
    build.product(build.season(site, state=SeasonState.COLLECTING), price=Decimal("24.00"))
    to = Destination(site.company_id, site.pk, None, DAY)
    with TemporaryDirectory() as folder:
        path = Path(folder, "rooms.xlsx")
        FastExcel(str(path)).sheet("户室导入", rows(count)).save()
        times: list[float] = []
        fresh()
        with stopwatch(times):
            limit(path, site)
        loaded = Room.objects.count()
        fresh()
        with stopwatch(times):
            import_now("rooms", path, to)
        assert Room.objects.count() == loaded == count - count // WRONG_EVERY
        with stopwatch(times):
            error_workbook(Path(folder, "errors.xlsx"), IMPORTERS["rooms"].check(path, to))
        with stopwatch(times):
            import_now("rooms", path, to)
        assert Room.objects.count() == loaded
    plain, ours, check, again = times
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {
        "ratio": round(ours / plain, 3),
        "goal": GOAL,
        "ok": ours <= GOAL * plain,
        "rooms": count,
        "import_s": round(ours, 2),
        "limit_s": round(plain, 2),
        "check_of_stored_rows_and_error_workbook_s": round(check, 2),
        "same_file_again_s": round(again, 2),
        "peak_mb": peak,
    }
