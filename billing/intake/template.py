"""The columns of 户室导入."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from heating.kit import normal
from heating.kit.intake import Field, Template, word
from heating.kit.normal import Read, Value
from property.intake.words import HEAT_STATES, OWNER_KINDS

COMMUNITY, BUILDING, UNIT, ROOM = "小区", "楼幢", "单元", "户室号"
PLACE = (COMMUNITY, BUILDING, UNIT, ROOM)
ACCOUNT, FLOOR_AREA, INNER_AREA, HEIGHT = "缴费账号", "建筑面积", "户室面积", "层高"
NAME, PHONE, PHONE2, KIND, RELIEF = "业主姓名", "业主电话", "备用电话", "用户类型", "优抚类型"
PRODUCT, HEAT_STATE = "产品编号", "供热状态"
SEASON, ARREARS, METER, NOTE = "往年欠费采暖季", "往年欠费本金", "热表号", "备注"

FIRST_YEAR = 1990
SEASONS = re.compile(r"([0-9]{4})(?:[-‐‑–—]([0-9]{4})(?:采暖季)?)?")


def season(cell: Value, *, current: int) -> str | Read | None:
    """A past heating season by both years or its first; `current` is the first year of the running one."""
    text = normal.identifier(cell)
    if not isinstance(text, str):
        return text
    found = SEASONS.fullmatch(text)
    year = int(found[1]) if found else 0
    if not found or not FIRST_YEAR <= year < current or (found[2] and int(found[2]) != year + 1):
        return Read(error="season_invalid")
    return f"{year}-{year + 1}采暖季"


def room_template(
    *, reliefs: Mapping[str, str], products: Mapping[str, str], fixed: int = 10, current: int = 2025
) -> Template:
    """Return the template for a company: its relief types, its products, its account length, its current season."""
    place = partial(Field, read=normal.name, required=True, fills=True)
    return Template(
        "户室导入",
        (
            place(COMMUNITY, read=partial(normal.name, limit=60), example="阳光小区"),
            place(BUILDING, example="1号楼"),
            place(UNIT, example="1单元"),
            Field(ROOM, normal.name, required=True, example="101"),
            Field(ACCOUNT, partial(normal.serial_no, fixed=fixed), required=True, example="0100000001"),
            Field(FLOOR_AREA, normal.area, required=True, example="89.55"),
            Field(INNER_AREA, normal.area, example="75.20"),
            Field(HEIGHT, normal.height, example="2.80"),
            Field(NAME, partial(normal.name, limit=60), required=True, example="张三"),
            Field(PHONE, normal.phone, required=True, second=PHONE2, example="0531-12345678"),
            Field(KIND, word(OWNER_KINDS, unknown="unknown_user_type"), default="私户", example="私户"),
            Field(RELIEF, word(reliefs, unknown="unknown_welfare_type"), default="普通", example="普通"),
            Field(PRODUCT, word(products, unknown="unknown_product"), example=next(iter(products.values()), "")),
            Field(HEAT_STATE, word(HEAT_STATES, unknown="unknown_heat_status"), default="正常", example="正常"),
            Field(SEASON, partial(season, current=current), example=f"{current - 1}-{current}采暖季"),
            Field(ARREARS, normal.money, example="1200.00"),
            Field(METER, normal.meter_no, example="12345678"),
            Field(NOTE, normal.note, silent=True),
        ),
        key=ACCOUNT,
    )
