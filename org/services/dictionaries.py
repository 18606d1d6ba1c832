"""The only writers of dictionaries: the same words for all companies, so only 全部数据 changes them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from heating.audit.services import record
from heating.kit.errors import Refusal
from org.models import DictEntry

FIELDS = ("dictionary", "code", "label", "aliases", "sort", "active")


def _check_reach(actor: Any, permission: str) -> None:
    if not actor.scope(permission).everything:
        raise Refusal("字典为各公司共用，只有数据范围为“全部数据”的管理员可以修改")


@transaction.atomic
def add_entry(data: dict[str, Any], *, actor: Any) -> DictEntry:
    """Add a word to a dictionary."""
    _check_reach(actor, "org.add_dictentry")
    entry = DictEntry(**{name: data[name] for name in FIELDS if name in data})
    _keep(entry)
    record(actor, "dictentry.add", entry, after=_shown(entry))
    return entry


@transaction.atomic
def change_entry(pk: int, data: dict[str, Any], *, actor: Any) -> DictEntry:
    """Change a word; the code of a built-in one stays, because stored rows and formulas name it."""
    _check_reach(actor, "org.change_dictentry")
    entry = DictEntry.objects.select_for_update().get(pk=pk)
    before = _shown(entry)
    for name in FIELDS:
        if name in data:
            setattr(entry, name, data[name])
    if entry.builtin and (entry.code, entry.dictionary) != (before["code"], before["dictionary"]):
        raise Refusal("内置条目的代码不能修改", field="code")
    _keep(entry)
    record(actor, "dictentry.edit", entry, before=before, after=_shown(entry))
    return entry


@transaction.atomic
def delete_entry(pk: int, *, actor: Any) -> None:
    """Delete a word that is not built in; rows that hold its code keep it, so 停用 is the usual way."""
    _check_reach(actor, "org.delete_dictentry")
    entry = DictEntry.objects.select_for_update().get(pk=pk)
    if entry.builtin:
        raise Refusal("内置条目不能删除，可以停用")
    record(actor, "dictentry.delete", entry, before=_shown(entry))
    entry.delete()


def _keep(entry: DictEntry) -> None:
    others = DictEntry.objects.filter(dictionary=entry.dictionary).exclude(pk=entry.pk)
    for field, word in (("code", "代码"), ("label", "名称")):
        if others.filter(**{field: getattr(entry, field)}).exists():
            raise Refusal(f"该字典中已有相同的{word}", field=field)
    try:
        entry.full_clean()
    except ValidationError as wrong:
        field, errors = next(iter(wrong.error_dict.items()))
        raise Refusal(errors[0].messages[0], field=None if field == "__all__" else field) from wrong
    entry.save()


def _shown(entry: DictEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in FIELDS}
