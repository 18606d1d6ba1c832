"""The menu: each app's `menu.py` lists its entries; an entry shows when the user may open its page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import reverse

# The modules in the order of the menu, with their icons; the first is 首页.
MODULES: dict[str, str] = settings.MENU_MODULES
HOME = next(iter(MODULES))


@dataclass(frozen=True)
class Entry:
    """One page in the menu: module, words, URL name, permission ("" = everybody), order; `group` names a sub-menu."""

    module: str
    label: str
    url: str
    permission: str
    order: int
    group: str = ""


@cache
def entries() -> tuple[Entry, ...]:
    """Collect `MENU` of every installed app that has a `menu` module."""
    found: list[Entry] = []
    for config in apps.get_app_configs():
        if not config.name.startswith("django") and find_spec(f"{config.name}.menu"):
            found += getattr(import_module(f"{config.name}.menu"), "MENU", ())
    return tuple(sorted(found, key=lambda e: (list(MODULES).index(e.module), e.order)))


def menu_for(user: Any, path: str, belongs: str = "") -> list[dict[str, Any]]:
    """Return modules → groups → links for `user`; `active` marks the entry that `path` belongs to.

    That is the entry named by `belongs` (a URL name), or the longest address that `path` starts with.
    """
    held = [entry for entry in entries() if not entry.permission or user.has_perm(entry.permission)]
    here = _entry_of(held, path, belongs)
    shown: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for entry in held:
        link = {"label": entry.label, "url": reverse(entry.url), "active": entry is here}
        shown.setdefault(entry.module, {}).setdefault(entry.group, []).append(link)
    return [
        {
            "label": module,
            "icon": MODULES[module],
            "groups": [{"label": name, "links": links, "active": _active(links)} for name, links in groups.items()],
            "active": any(_active(links) for links in groups.values()),
            # A module with one page and no sub-menu is a plain link (首页).
            "single": groups[""][0]["url"] if module == HOME and "" in groups else "",
        }
        for module, groups in shown.items()
    ]


def _entry_of(held: list[Entry], path: str, belongs: str) -> Entry | None:
    for entry in held:
        if entry.url == belongs:
            return entry
    found = [(len(address), entry) for entry in held if path.startswith(address := reverse(entry.url))]
    # The home page's address starts every other one.
    if not found:
        return None
    best = max(found, key=lambda pair: pair[0])[1]
    return best if path == reverse(best.url) or best.module != HOME else None


def _active(links: list[dict[str, Any]]) -> bool:
    return any(link["active"] for link in links)
