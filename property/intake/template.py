"""The columns of 业主导入."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from heating.kit import normal
from heating.kit.intake import Field, Template, word
from property.intake.words import OWNER_KINDS

NAME, PHONE, PHONE2, KIND, RELIEF = "用户姓名", "联系电话", "备用电话", "用户类型", "优抚类型"
RELIEF_FROM, RELIEF_TO, DOCUMENT, ORGANISATION, NOTE = "优抚有效期起", "优抚有效期止", "证件号码", "单位名称", "备注"


def owner_template(*, reliefs: Mapping[str, str]) -> Template:
    """Return the template; `reliefs` are the spellings of the relief types."""
    return Template(
        "业主导入",
        (
            Field(NAME, partial(normal.name, limit=60), required=True, example="张三"),
            Field(PHONE, normal.phone, required=True, second=PHONE2, example="0531-12345678"),
            Field(KIND, word(OWNER_KINDS, unknown="unknown_user_type"), required=True, example="私户"),
            Field(RELIEF, word(reliefs, unknown="unknown_welfare_type"), default="普通", example="普通"),
            Field(RELIEF_FROM, normal.day, dated=True, example="2025-09-01"),
            Field(RELIEF_TO, normal.day, dated=True, example="2026-08-31"),
            Field(DOCUMENT, normal.document),
            Field(ORGANISATION, partial(normal.name, limit=100)),
            Field(NOTE, normal.note, silent=True),
        ),
        key=PHONE,
    )
