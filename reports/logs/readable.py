"""Before and after of an audit row in the words of the pages: field labels, old → new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from accounts.models import DataScope
from accounts.queries import permission_words
from billing.models import ReliefRule
from heating.audit.models import Record
from heating.imports.importer import IMPORTERS, made_labels
from heating.kit.privacy import scrub
from property.services.changes import Field, change_kinds
from property.states import Relief

# What stands in before or after and is no column of the thing itself.
LABELS = {
    "above": "上级公司编号",
    "accounts": "缴费账号",
    "active": "启用",
    "kind": "类型",
    "number": "编号",
    "on": "日期",
    "principal": "应缴本金",
    "roles": "角色",
    "season": "采暖季",
    "sha256": "文件摘要",
    "size": "文件大小（字节）",
    "state": "状态",
    "until": "锁定至",
    "vacancy": "空置",
    "relief": "优抚类型",
    "heated_days": "供热天数",
    "version": "产品版本",
    "request": "变更申请",
    "skipped": "跳过",
    "owner": "业主",
    "requests": "变更申请",
    "ledger": "更正账目",
    "rollup": "更正汇总",
    "empty_rollup": "清除空汇总",
    "lines": "订单明细",
    "ids": "订单编号",
    "conditions": "条件",
    "rows": "行数",
    "phones": "动态口令登录",
}
RELIEF = dict(Relief.choices)
YES_NO = {"True": "是", "False": "否", "None": ""}


@dataclass(frozen=True)
class Change:
    """One thing that a deed changed, or said."""

    label: str
    before: str
    after: str


def changes(record: Record) -> list[Change]:
    """Return what differs between before and after, in the order of the row. Rows older than the masking are masked."""
    old, new = (_flat(record, scrub(value)) for value in (record.before, record.after))
    listed = [Change(label, old.get(label, ""), new.get(label, "")) for label in old | new]
    return [change for change in listed if change.before != change.after]


def note(record: Record) -> str:
    """Return the remark, with events in the pages' words."""
    text = scrub(record.note)
    if record.event != "role.assign":
        return text
    return "、".join(map(_permission, text.split("、")))


def _permission(text: str) -> str:
    """Return the words of a permission, with its data scope where the row names one ("app.codename=own")."""
    name, _, scope = text.partition("=")
    word = permission_words().get(name, name)
    return f"{word}（{dict(DataScope.choices).get(scope, scope)}）" if scope else word


def _flat(record: Record, value: Any) -> dict[str, str]:
    """Return label → text of one side."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        name = "state" if _field(record, "state") and isinstance(value, str) else "active"
        name = name if isinstance(value, bool) or name == "state" else ""
        return {LABELS.get(name, "内容"): _word(record, name, value)}
    found = {}
    for key, part in value.items():
        if isinstance(part, dict):
            found |= {f"{_label(record, key)} {_label(record, k)}": _word(record, k, v) for k, v in part.items()}
        else:
            found[_label(record, key)] = _word(record, key, part)
    return found


def _field(record: Record, name: str) -> Any:
    try:
        field = apps.get_model(record.target_type)._meta.get_field(name)
    except (FieldDoesNotExist, LookupError, ValueError):
        return None
    # A name such as `rooms` may also be a relation from elsewhere, which has neither words nor choices.
    return field if field.concrete else None


def _label(record: Record, key: str) -> str:
    if key.startswith("relief."):
        return f"优抚 {RELIEF.get(key.removeprefix('relief.'), key)}"
    if asked := _asked(record, key):
        return asked.label
    field = _field(record, key)
    named = field is not None and str(field.verbose_name) != key.replace("_", " ")
    if named:
        return str(field.verbose_name)
    labels = made_labels() | LABELS
    if key in labels:
        return labels[key]
    rule = {f.name: str(f.verbose_name) for f in ReliefRule._meta.fields}
    return rule.get(key, field_words().get(key, Field(key)).label or key)


def _asked(record: Record, key: str) -> Field | None:
    """Return the field of a change request that a key names, if it has a label."""
    found = field_words().get(key) if record.target_type == "property.changerequest" else None
    return found if found and found.label else None


def field_words() -> dict[str, Field]:
    """Return the fields of all kinds of change requests by name; the first kind that has a name gives its words."""
    return {name: field for kind in reversed(change_kinds()) for name, field in kind.fields.items()}


def _word(record: Record, key: str, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_word(record, key, part) for part in value)
    if value is None or isinstance(value, bool):
        return YES_NO[str(value)]
    if isinstance(value, dict):
        return "，".join(f"{_label(record, k)} {_word(record, k, part)}" for k, part in value.items())
    if asked := _asked(record, key):
        return asked.text(value)
    if key == "kind" and value in IMPORTERS:
        return IMPORTERS[value].title
    field = _field(record, key)
    text = str(dict(getattr(field, "flatchoices", None) or ()).get(value, value))
    if key == "relief":
        return RELIEF.get(value, str(value or "—"))
    return YES_NO.get(text, text)
