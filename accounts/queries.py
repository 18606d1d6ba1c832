"""What a role opens, as a person reads it: the matrix of things and deeds, and the places of a 辖区."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.urls import resolve, reverse

from accounts.models import User
from heating.kit.menu import MODULES, Entry, entries
from heating.kit.scope import Scope

APPS = ("org", "accounts", "audit", "jobs", "property", "meters", "billing", "payments", "reports")
COLUMNS = ("查看", "新增", "编辑", "删除", "审批", "导出", "其他")
DEEDS = {"view": "查看", "add": "新增", "change": "编辑", "delete": "删除"}
APPROVALS = ("approve", "review")
# Where a thing stands that has no menu entry of its own.
MODULE_OF_APP = {
    "property": "基础信息管理",
    "meters": "业务管理",
    "billing": "业务管理",
    "payments": "缴费管理",
    "reports": "报表统计",
}
MODULE_OF_THING = dict.fromkeys(("billing.order", "billing.prepayment", "billing.ledgergroup"), "缴费管理")
NAME_OF_THING = {"reports.statement": "统计报表"}


@dataclass(frozen=True)
class Deed:
    """One permission with its Chinese word."""

    permission: Permission
    word: str


@dataclass(frozen=True)
class Line:
    """One thing: its menu entries, and its deeds by column."""

    thing: str
    menus: str
    cells: list[list[Deed]]
    # Lists are exported by whoever may see them.
    exported: bool

    @property
    def columns(self) -> list[tuple[str, list[Deed]]]:
        """Return the cells with their column's name."""
        return list(zip(COLUMNS, self.cells, strict=True))


def word(permission: Permission) -> str:
    """Return a permission's Chinese word: the four basic deeds by theirs, the others by their own name."""
    deed, _, thing = permission.codename.partition("_")
    return DEEDS[deed] if deed in DEEDS and thing == permission.content_type.model else permission.name


def column(permission: Permission) -> str:
    """Return the column of the matrix in which a permission stands."""
    said = word(permission)
    if said in DEEDS.values():
        return said
    return "审批" if permission.codename.split("_")[0] in APPROVALS else "其他"


def matrix(permissions: Iterable[Permission]) -> list[tuple[str, list[Line]]]:
    """Return (module, lines) of the permissions, in the order of the menu."""
    menu = _menu_of_things()
    things: dict[str, list[Permission]] = {}
    for permission in permissions:
        kind = permission.content_type
        things.setdefault(f"{kind.app_label}.{kind.model}", []).append(permission)
    modules: dict[str, list[tuple[int, Line]]] = {module: [] for module in MODULES}
    for thing, held in things.items():
        found = menu.get(thing, [])
        app = thing.split(".")[0]
        module = found[0].module if found else MODULE_OF_THING.get(thing, MODULE_OF_APP.get(app, "系统设置"))
        order = found[0].order if found else 1000 + APPS.index(app)
        modules[module].append((order, _line(thing, held, found)))
    by_order = {module: sorted(lines, key=lambda pair: pair[0]) for module, lines in modules.items() if lines}
    return [(module, [line for _, line in lines]) for module, lines in by_order.items()]


def _line(thing: str, held: list[Permission], menu: list[Entry]) -> Line:
    deeds: dict[str, list[Deed]] = {name: [] for name in COLUMNS}
    for permission in held:
        deeds[column(permission)].append(Deed(permission, word(permission)))
    opened = {f"{p.content_type.app_label}.{p.codename}" for p in held}
    labels = "、".join(entry.label for entry in menu if entry.permission in opened)
    name = NAME_OF_THING.get(thing) or str(apps.get_model(thing)._meta.verbose_name)
    exported = bool(deeds["查看"]) and any(has_export(entry) for entry in menu)
    return Line(name, labels, [deeds[name] for name in COLUMNS], exported)


@cache
def has_export(entry: Entry) -> bool:
    """Say whether the page of a menu entry gives its rows as a file."""
    page = getattr(resolve(reverse(entry.url)).func, "view_class", None)
    return hasattr(page, "download") and getattr(page, "export", True)


def _menu_of_things() -> dict[str, list[Entry]]:
    """Return the menu entries of each thing, told from the verbs that open them."""
    wanted = {entry.permission.split(".")[-1] for entry in entries()}
    rows = Permission.objects.filter(codename__in=wanted).select_related("content_type")
    of = {
        f"{p.content_type.app_label}.{p.codename}": f"{p.content_type.app_label}.{p.content_type.model}" for p in rows
    }
    found: dict[str, list[Entry]] = {}
    for entry in entries():
        if entry.permission in of:
            found.setdefault(of[entry.permission], []).append(entry)
    return found


def place_names(scope: Scope, user: User | None = None, verb: str = "", *, most: int = 1_000) -> list[str]:
    """Return the names of a 辖区 in natural order, 小区 before single 楼幢; with a `user` only what he sees."""
    names: list[str] = []
    for model, ids, above in (("community", scope.communities, ()), ("building", scope.buildings, ("community",))):
        if ids:
            # The places stand further right on the line of apps; guardian's grants know them by name.
            rows: Any = apps.get_model("property", model)._default_manager
            rows = rows.visible_to(user, verb) if user else rows.all()
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
