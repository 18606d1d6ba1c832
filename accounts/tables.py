"""What a role opens, as a person reads it: the matrix of things and what may be done with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.contrib.auth.models import Permission
from django.urls import resolve, reverse

from accounts.models import DataScope, Role
from accounts.queries import DEEDS, word
from accounts.services.delegation import permission_name
from heating.kit.menu import MODULES, Entry, entries

APPS = ("org", "accounts", "audit", "jobs", "property", "meters", "billing", "payments", "reports", "heating")
COLUMNS = ("查看", "新增", "编辑", "删除", "审批", "导出", "其他")
APPROVALS = ("approve", "review")
# Where a thing stands that has no menu entry of its own, or entries of several modules.
MODULE_OF_APP = {
    "property": "基础信息管理",
    "meters": "业务管理",
    "billing": "业务管理",
    "payments": "缴费管理",
    "reports": "报表统计",
}
MODULE_OF_THING = {
    "billing.order": "缴费管理",
    "billing.prepayment": "缴费管理",
    "billing.ledgergroup": "缴费管理",
    "reports.statement": "报表统计",
}
NAME_OF_THING = {"reports.statement": "统计报表"}


@dataclass(frozen=True)
class Deed:
    """One permission with its Chinese word."""

    permission: Permission
    word: str
    # The data scope of this permission where it is not the role's own.
    scope: str = ""

    @property
    def scope_label(self) -> str:
        return str(DataScope(self.scope).label) if self.scope else ""

    @property
    def text(self) -> str:
        """The word, with a data scope of its own: 冲正（仅本人数据）."""
        return f"{self.word}（{self.scope_label}）" if self.scope else self.word


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


def column(permission: Permission) -> str:
    """Return the column of the matrix in which a permission stands."""
    label = word(permission)
    if label in DEEDS.values():
        return label
    return "审批" if permission.codename.split("_")[0] in APPROVALS else "其他"


def matrix(permissions: Iterable[Permission], role: Role | None = None) -> list[tuple[str, list[Line]]]:
    """Return (module, lines) of the permissions, in the order of the menu; of one role with their own data scopes."""
    menu = _menu_of_things()
    things: dict[str, list[Permission]] = {}
    for permission in permissions:
        kind = permission.content_type
        things.setdefault(f"{kind.app_label}.{kind.model}", []).append(permission)
    modules: dict[str, list[tuple[int, Line]]] = {module: [] for module in MODULES}
    for thing, held in things.items():
        found = menu.get(thing, [])
        app = thing.split(".")[0]
        module = MODULE_OF_THING.get(thing) or (found[0].module if found else MODULE_OF_APP.get(app, "系统设置"))
        order = found[0].order if found else 1000 + APPS.index(app)
        modules[module].append((order, _line(thing, held, found, role)))
    by_order = {module: sorted(lines, key=lambda pair: pair[0]) for module, lines in modules.items() if lines}
    return [(module, [line for _, line in lines]) for module, lines in by_order.items()]


def _line(thing: str, held: list[Permission], menu: list[Entry], role: Role | None) -> Line:
    deeds: dict[str, list[Deed]] = {name: [] for name in COLUMNS}
    for permission in held:
        scope = role.scope_of(permission_name(permission)) if role else ""
        own = scope if role and scope != role.scope else ""
        deeds[column(permission)].append(Deed(permission, word(permission), own))
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
    """Return the menu entries of each thing, told from the permissions that open them."""
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
