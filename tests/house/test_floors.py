"""Who may import whom: the line of apps and the two floors of each (docs/architecture.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.files import ROOT, module_of, sources

LINE = (
    "heating.kit", "heating.audit", "heating.jobs", "heating.imports", "heating.approvals", "org", "accounts",
    "property", "meters", "billing", "payments", "reports", "heating",
)  # fmt: skip
# The order inside a floor: a file imports those of its own rank or of a lower one.
GROUND = {
    "states": 0, "rules": 0, "registry": 0, "parameters": 1, "models": 1, "bulk": 2, "queries": 2, "fields": 3,
    "channels": 3, "services": 4, "books": 4, "imports": 5, "approvals": 5, "apps": 6,
}  # fmt: skip
UPPER = {
    "forms": 10, "tables": 10, "product_sheet": 10, "lists": 11, "papers": 12, "receipt_pdf": 12, "qr": 12,
    "backends": 12, "middleware": 12,
    "views": 12, "pages": 12, "catalog": 12, "admin": 13, "jobs": 13, "menu": 13, "urls": 14,
}  # fmt: skip
# Upper rooms that only one app has.
OWN_UPPER = {"reports": {"base", "places", "home", "admin_home", "inbox", "logs"}}
# The platform below the apps has rooms of its own; of these, the ones named here are upper.
PLATFORM = ("heating.kit", "heating.audit", "heating.jobs", "heating.imports", "heating.approvals")
PLATFORM_UPPER = {
    "heating.kit": {"pages", "tables", "filters", "backoffice", "menu"},
    "heating.audit": {"admin"},
    "heating.jobs": {"admin", "lists", "urls", "views"},
    "heating.imports": {"admin", "forms", "lists", "pages", "tables", "urls", "views"},
    "heating.approvals": {"admin", "forms", "lists", "pages", "tables", "urls", "views"},
}
# Upper floors that every upper floor may use.
SHARED = {"heating.kit", "heating.jobs", "heating.imports", "heating.approvals"}
ROOF = "heating"


def app_of(module: str) -> str | None:
    """Return the app of a module on the line, or None for others' modules."""
    return next((app for app in LINE if module == app or module.startswith(app + ".")), None)


def room_of(module: str) -> str:
    """Return the file or folder of a module inside its app."""
    rest = module.removeprefix(app_of(module) or "").lstrip(".")
    return rest.split(".")[0]


def rank(module: str) -> int | None:
    """Return the place of a module inside its app, or None when its name stands in no list."""
    app, room = app_of(module), room_of(module)
    if app == ROOF:
        return 20
    if app in PLATFORM:
        return 10 if room in PLATFORM_UPPER[app] else 0
    if room in OWN_UPPER.get(app or "", ()):
        return 12
    return GROUND.get(room, UPPER.get(room))


def is_upper(module: str) -> bool:
    place = rank(module)
    return place is not None and place >= 10


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield (module, line); `from property import lists` names the module property.lists."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module in LINE:
                yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno


def objection(here: str, there: str) -> str | None:
    """Return why module `here` may not import module `there`, or None."""
    mine, other = app_of(here), app_of(there)
    if other is None or mine is None or mine == ROOF:
        return None
    if other == ROOF:
        return "the roof is above everything"
    if mine == other:
        wrong = mine not in PLATFORM and (rank(here) or 0) < (rank(there) or 0)
        return "a later file of the same app" if wrong else None
    if is_upper(there):
        if not is_upper(here):
            return "a ground floor looks up"
        return None if other in SHARED else "another app's upper floor"
    return None if is_upper(here) or LINE.index(other) < LINE.index(mine) else "an app further right"


def wrong_imports(path: Path, tree: ast.AST) -> list[str]:
    here = module_of(path)
    return [
        f"{path.relative_to(ROOT)}:{line} imports {there}: {why}"
        for there, line in imports(tree)
        if (why := objection(here, there))
    ]


def test_every_file_stands_on_a_floor() -> None:
    assert not {m for p in sources() if room_of(m := module_of(p)) and rank(m) is None}


def test_a_file_of_an_unknown_name_stands_nowhere() -> None:
    assert rank("billing.helpers") is None and rank("billing.helpers.more") is None
    assert rank("billing.services.places") is not None


def test_imports_go_down_or_leftwards() -> None:
    assert not [wrong for path in sources() for wrong in wrong_imports(path, ast.parse(path.read_text()))]


@pytest.mark.parametrize(
    ("here", "line", "refused"),
    [
        ("billing/models/x.py", "from payments.models import Payment", True),
        ("billing/models/x.py", "from billing.services.places import move_place", True),
        ("property/services/x.py", "from property.lists import OwnerList", True),
        ("property/services/x.py", "from heating.kit.pages import Page", True),
        ("property/views/x.py", "from billing.lists import OrderList", True),
        ("property/views/x.py", "from billing import lists", True),
        ("property/views/x.py", "from heating import urls", True),
        ("org/fields.py", "from accounts.models import User", True),
        ("property/views/x.py", "from billing.queries import quote", False),
        ("property/views/x.py", "from heating.imports.pages import ImportPages", False),
        ("payments/services/x.py", "from billing.models import Order", False),
        ("heating/demo/x.py", "from accounts.views.signin import Logout", False),
    ],
)
def test_the_import_check_can_fail(here: str, line: str, refused: bool) -> None:
    assert bool(wrong_imports(ROOT / here, ast.parse(line))) is refused
