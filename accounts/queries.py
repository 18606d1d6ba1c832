"""Permissions and the places of a 辖区 in the words of the screen."""

from __future__ import annotations

from functools import cache

from django.apps import apps
from django.contrib.auth.models import Permission

from accounts.models import User
from accounts.registry import PLACE_MODELS
from heating.kit.scope import Scope

DEEDS = {"view": "查看", "add": "新增", "change": "编辑", "delete": "删除"}


def word(permission: Permission) -> str:
    """Return a permission's Chinese word: the four basic deeds by theirs, the others by their own name."""
    deed, _, thing = permission.codename.partition("_")
    return DEEDS[deed] if deed in DEEDS and thing == permission.content_type.model else permission.name


def place_names(scope: Scope, user: User | None = None, permission: str = "", *, most: int = 1_000) -> list[str]:
    """Return the names of a 辖区 in natural order, 小区 before single 楼幢; with a `user` only what that user sees."""
    names: list[str] = []
    for model, ids, above in (("community", scope.communities, ()), ("building", scope.buildings, ("community",))):
        if ids:
            rows = PLACE_MODELS[model]._default_manager
            rows = rows.visible_to(user, permission) if user else rows.all()
            for row in rows.filter(pk__in=ids).select_related(*above)[: most + 1]:
                names.append(" ".join([*(str(getattr(row, name)) for name in above), str(row)]))
    return names


@cache
def permission_words() -> dict[str, str]:
    """Return "app.codename" → the words of every permission that a role can hold (查看户室, 收费 …)."""
    found = {}
    for model in apps.get_models():
        label, name = model._meta.app_label, str(model._meta.verbose_name)
        for deed in model._meta.default_permissions:
            found[f"{label}.{deed}_{model._meta.model_name}"] = DEEDS.get(deed, deed) + name
        found |= {f"{label}.{codename}": str(word) for codename, word in model._meta.permissions}
    return found
