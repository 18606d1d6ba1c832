"""The house rules about files and imports (house.md §1, §10, §11)."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LINE = (
    "heating.kit", "heating.audit", "heating.jobs", "org", "accounts", "property", "meters", "billing", "payments",
    "reports", "heating",
)  # fmt: skip
APPS = {name.split(".")[0] for name in LINE}
ORDER = (
    "states",
    "rules",
    "models",
    "bulk",
    "queries",
    "services",
    "forms",
    "intake",
    "papers",
    "receipt_pdf",
    "qr",
    "lists",
    "views",
    "urls",
)
DJANGO_FREE = ("billing/rules", "heating/kit/rounding.py", "heating/kit/capitals.py")
FORBIDDEN_CALLS = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create"}
LIMIT = 300


def sources(*folders: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / line for line in listed.stdout.splitlines()]
    wanted = [
        f
        for f in files
        if f.exists() and "migrations" not in f.parts and f.relative_to(ROOT).parts[0] in (folders or APPS)
    ]
    assert wanted
    return wanted


def room_of(module: str) -> str | None:
    """Return the place of a module on the line, or None for others' modules."""
    for room in LINE:
        if module == room or module.startswith(room + "."):
            return room
    return None


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno


def wrong_way(path: Path, tree: ast.AST) -> list[str]:
    """Return imports that run rightwards, between apps and inside an app."""
    here = room_of(module_of(path))
    found = []
    for module, line in imports(tree):
        there = room_of(module)
        if there is None or here is None:
            continue
        if LINE.index(there) > LINE.index(here):
            found.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
        elif there == here and later(module_of(path), module):
            found.append(f"{path.relative_to(ROOT)}:{line} imports {module} from a later file")
    return found


def _floor(module: str) -> int | None:
    """Return how far right a file stands inside its app; helpers such as channels stand nowhere."""
    parts = module.split(".")
    known = len(parts) > 1 and parts[0] != "heating" and parts[1] in ORDER
    return ORDER.index(parts[1]) if known else None


def later(importer: str, module: str) -> bool:
    mine, other = _floor(importer), _floor(module)
    return mine is not None and other is not None and mine < other


def inner_imports(tree: ast.AST) -> list[int]:
    return [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def direct_writes(tree: ast.AST) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in FORBIDDEN_CALLS
        and not (
            isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"context", "data", "values", "kept", "initial", "answers", "attrs", "counts"}
        )
    ]


def test_imports_run_leftwards_only() -> None:
    assert not [wrong for path in sources() for wrong in wrong_way(path, ast.parse(path.read_text()))]


def test_the_import_check_can_fail() -> None:
    assert wrong_way(ROOT / "billing" / "models" / "x.py", ast.parse("from payments.models import Payment"))
    assert wrong_way(
        ROOT / "billing" / "models" / "x.py", ast.parse("from billing.services.daily_accrual import accrue_daily")
    )
    assert not wrong_way(ROOT / "payments" / "x.py", ast.parse("from billing.models import Order"))


def test_no_import_inside_a_function() -> None:
    assert not [f"{p.relative_to(ROOT)}:{n}" for p in sources() for n in inner_imports(ast.parse(p.read_text()))]
    assert inner_imports(ast.parse("def f():\n    import os"))


def test_rules_know_nothing_of_django() -> None:
    for path in sources():
        if str(path.relative_to(ROOT)).startswith(DJANGO_FREE):
            assert not [m for m, _ in imports(ast.parse(path.read_text())) if m.split(".")[0] == "django"], path


@pytest.mark.parametrize("kind", ["views", "lists", "forms"])
def test_pages_do_not_write(kind: str) -> None:
    pages = [p for p in sources() if p.stem == kind or p.parent.name == kind]
    assert not [f"{p.relative_to(ROOT)}:{n}" for p in pages for n in direct_writes(ast.parse(p.read_text()))]
    assert direct_writes(ast.parse("order.save()"))


def test_no_file_is_longer_than_the_limit() -> None:
    long = {str(p.relative_to(ROOT)): n for p in sources() if (n := len(p.read_text().splitlines())) > LIMIT}
    assert not long


def test_no_function_is_longer_than_forty_lines() -> None:
    def length(node: ast.FunctionDef) -> int:
        body = node.body[1:] if ast.get_docstring(node) else node.body
        return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0

    long = [
        f"{p.relative_to(ROOT)}:{node.lineno} {node.name} {length(node)}"
        for p in sources()
        for node in ast.walk(ast.parse(p.read_text()))
        if isinstance(node, ast.FunctionDef) and length(node) > 40
    ]
    assert not long
