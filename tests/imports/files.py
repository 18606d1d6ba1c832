"""Small import files made on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

ROOM_HEAD = (
    "小区*", "楼幢*", "单元*", "户室号*", "缴费账号*", "建筑面积*", "户室面积", "层高", "业主姓名*", "业主电话*",
    "用户类型", "优抚类型", "产品编号", "供热状态", "往年欠费采暖季", "往年欠费本金", "热表号", "备注",
)  # fmt: skip
ROOM = {
    "小区": "阳光小区",
    "楼幢": "1号楼",
    "单元": "1单元",
    "建筑面积": 89.55,
    "产品编号": "RZ-2025",
}


def room(n: int, **changes: Any) -> dict[str, Any]:
    """One good row: room n, account n, its own owner."""
    own = {"户室号": f"{n}01", "缴费账号": f"{n:010d}", "业主姓名": f"业主{n}", "业主电话": f"160{n:08d}"}
    return ROOM | own | changes


def save(path: Path, rows: Sequence[dict[str, Any]], head: Sequence[str] = ROOM_HEAD) -> Path:
    """Write rows under a header; cells by the header's names without the star."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        sheet.write_row(0, 0, head)
        for line, row in enumerate(rows, 1):
            for column, name in enumerate(head):
                value = row.get(name.rstrip("*"))
                if value is not None:
                    sheet.write(line, column, value)
    return path
