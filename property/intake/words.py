"""Spellings that the import files may use, each standing for one label (data rules 17, 18)."""

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

OWNER_KIND_CODES = {label: code for code, label in OwnerKind.choices}
HEAT_STATE_CODES = {label: code for code, label in HeatState.choices}


def relief_words() -> tuple[dict[str, str], dict[str, str]]:
    """Return spelling → label, and label → stored code, with the types that the dictionary adds (domain.md A29)."""
    words, codes = dict(RELIEFS), {label: code for code, label in Relief.choices}
    for entry in DictEntry.objects.filter(dictionary="relief", active=True):
        codes[entry.label] = entry.code
        words |= dict.fromkeys([entry.label, *entry.aliases.split()], entry.label)
    return words, codes
