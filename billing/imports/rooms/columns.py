"""The columns of 户室导入."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from heating.imports.template import Field, Template, word_field
from heating.kit import parsing
from heating.kit.parsing import Read, Value
from property.imports.words import HEAT_STATES, OWNER_KINDS, SENTENCES
from property.rules import account_no, meter_no

COMMUNITY, BUILDING, UNIT, ROOM = "小区", "楼幢", "单元", "户室号"
PLACE = (COMMUNITY, BUILDING, UNIT, ROOM)
ACCOUNT, FLOOR_AREA, INNER_AREA, HEIGHT = "缴费账号", "建筑面积", "户室面积", "层高"
NAME, PHONE, PHONE2, KIND, RELIEF = "业主姓名", "业主电话", "备用电话", "用户类型", "优抚类型"
PRODUCT, HEAT_STATE = "产品编号", "供热状态"
SEASON, ARREARS, METER, NOTE = "往年欠费采暖季", "往年欠费本金", "热表号", "备注"

# What the codes of the room import's own checks say on screen.
OWN_SENTENCES = {
    "duplicate_account": "{field}在文件中重复",
    "account_taken": "{field}已被其他户室使用",
    "duplicate_room": "该户室在文件中重复，或已用其他缴费账号建档",
    "existing_room_update": "该户室已存在，资料不同，将提交变更申请",
    "unknown_product": "没有这个{field}，或产品在本采暖季未生效",
    "unknown_community": "{field}不存在，或不在您的管辖范围内",
    "place_disabled": "该{field}已停用，不能再导入户室；请先启用",
    "owner_disabled": "该业主已停用，请先启用",
    "season_invalid": "{field}须为往年采暖季，如 2024-2025采暖季",
    "arrears_incomplete": "{field}不能为空：往年欠费的采暖季和本金须同时填写",
    "building_near_duplicate": "{field}与已有的“{candidate}”可能是同一楼幢",
}

FIRST_YEAR = 1990
SEASONS = re.compile(r"([0-9]{4})(?:[-‐‑–—]([0-9]{4})(?:采暖季)?)?")


def season(cell: Value, *, current: int) -> str | Read | None:
    """A past heating season by both years or its first; `current` is the first year of the running one."""
    text = parsing.identifier(cell)
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
    place = partial(Field, read=parsing.name, required=True, fills=True)
    return Template(
        "户室导入",
        (
            place(COMMUNITY, read=partial(parsing.name, limit=60), example="阳光小区"),
            place(BUILDING, example="1号楼"),
            place(UNIT, example="1单元"),
            Field(ROOM, parsing.name, required=True, example="101"),
            Field(ACCOUNT, partial(account_no, fixed=fixed), required=True, example="0100000001"),
            Field(FLOOR_AREA, parsing.area, required=True, example="89.55"),
            Field(INNER_AREA, parsing.area, example="75.20"),
            Field(HEIGHT, parsing.height, example="2.80"),
            Field(NAME, partial(parsing.name, limit=60), required=True, example="张三"),
            Field(PHONE, parsing.phone, required=True, second=PHONE2, example="0531-12345678"),
            word_field(KIND, OWNER_KINDS, unknown="unknown_user_type", default="私户", example="私户"),
            word_field(RELIEF, reliefs, unknown="unknown_welfare_type", default="普通", example="普通"),
            word_field(PRODUCT, products, unknown="unknown_product", example=next(iter(products.values()), "")),
            word_field(HEAT_STATE, HEAT_STATES, unknown="unknown_heat_status", default="正常", example="正常"),
            Field(SEASON, partial(season, current=current), example=f"{current - 1}-{current}采暖季"),
            Field(ARREARS, parsing.money, example="1200.00"),
            Field(METER, meter_no, example="12345678"),
            Field(NOTE, parsing.note, silent=True),
        ),
        key=ACCOUNT,
        sentences=SENTENCES | OWN_SENTENCES,
    )
