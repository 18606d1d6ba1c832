"""Spellings that the import files may use, each standing for one label."""

from __future__ import annotations

from org.models import DictEntry
from property.states import HeatState, OwnerKind, Relief

OWNER_KINDS = {
    "私户": "私户",
    "私": "私户",
    "个人": "私户",
    "公户": "公户",
    "公": "公户",
    "单位": "公户",
    "企业": "公户",
}
RELIEFS = {
    "普通": "普通",
    "无": "普通",
    "一般": "普通",
    "低保户": "低保户",
    "低保": "低保户",
    "特审户": "特审户",
    "特审": "特审户",
}
HEAT_STATES = {
    "正常": "正常",
    "空置": "空置",
    "报停": "空置",
    "空置(报停)": "空置",
    "部分供热": "部分供热",
    "拆网": "拆网",
    "停用": "停用",
}

# What the codes of these words, and of property.rules, say on screen.
SENTENCES = {
    "account_invalid": "{field}须为 6–20 位字母或数字",
    "account_precision_lost": "{field}的部分数字已丢失，请按文本重新填写",
    "account_short": "{field}是数字，短于规定长度，前面的 0 可能已丢失",
    "unknown_heat_status": "{field}须为 正常、空置、部分供热、拆网 或 停用",
    "meter_precision_lost": "{field}的部分数字已丢失，请按文本重新填写",
    "meter_invalid": "{field}不是有效的表号",
    "unknown_user_type": "{field}须为 私户 或 公户",
    "unknown_welfare_type": "{field}不是已有的优抚类型",
    "same_name_other_phone": "已有同名、电话不同的业主，将新建业主",
}

OWNER_KIND_CODES = {label: code for code, label in OwnerKind.choices}
HEAT_STATE_CODES = {label: code for code, label in HeatState.choices}


def relief_words() -> tuple[dict[str, str], dict[str, str]]:
    """Return spelling → label, and label → stored code, with the types that the dictionary adds."""
    words, codes = dict(RELIEFS), {label: code for code, label in Relief.choices}
    for entry in DictEntry.objects.filter(dictionary="relief", active=True):
        codes[entry.label] = entry.code
        words |= dict.fromkeys([entry.label, *entry.aliases.split()], entry.label)
    return words, codes
