"""Strings that name another app are imports: URL names, get_model and table names in SQL."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from tests.house.files import ROOT, module_of, sources
from tests.house.test_floors import LINE, ROOF, app_of, is_upper

LABELS = {"audit": "heating.audit", "jobs": "heating.jobs", "imports": "heating.imports",
          "approvals": "heating.approvals"} | {app: app for app in LINE if "." not in app and app != ROOF}  # fmt: skip
NAMES = "|".join(LABELS)
URL = re.compile(rf"^({NAMES}):[a-z{{][a-z0-9{{}}_-]*$")
TABLE = re.compile(rf"\b({NAMES})_([a-z]+)\b")


def strings(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield (text, line) of every string that is no docstring; an f-string with {} in its gaps."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    parts = {id(value) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for value in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(v.value if isinstance(v, ast.Constant) else "{}" for v in node.values), node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs | parts:
            yield node.value, node.lineno


def wrong_strings(path: Path, tree: ast.AST) -> list[str]:
    """Return the strings of a ground floor that name a page, or a table of an app further right."""
    here = module_of(path)
    mine = app_of(here)
    if mine is None or mine == ROOF or is_upper(here):
        return []
    tables = {model._meta.db_table for model in apps.get_models()}
    found = []
    for text, line in strings(tree):
        if URL.match(text):
            found.append(f"{path.relative_to(ROOT)}:{line} names the page {text}")
        for label, rest in TABLE.findall(text):
            if f"{label}_{rest}" in tables and LINE.index(LABELS[label]) > LINE.index(mine):
                found.append(f"{path.relative_to(ROOT)}:{line} names the table {label}_{rest}")
    return found


def models_by_name(path: Path, tree: ast.AST) -> list[str]:
    """Return the places of a ground floor that fetch a model of an app further right by its name."""
    here = module_of(path)
    mine = app_of(here)
    if mine is None or mine == ROOF or is_upper(here):
        return []
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get_model"):
            continue
        named = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
        label = str(named).split(".")[0]
        if label in LABELS and LINE.index(LABELS[label]) > LINE.index(mine):
            found.append(f"{path.relative_to(ROOT)}:{node.lineno} fetches {named}")
    return found


def all_wrong(path: Path, tree: ast.AST) -> list[str]:
    return wrong_strings(path, tree) + models_by_name(path, tree)


def test_no_ground_floor_names_a_page_or_what_stands_further_right() -> None:
    assert not [wrong for path in sources() for wrong in all_wrong(path, ast.parse(path.read_text()))]


@pytest.mark.parametrize(
    ("here", "line", "refused"),
    [
        ("billing/services/x.py", 'URL = "billing:order-list"', True),
        ("billing/services/x.py", 'url = f"payments:{kind}-list"', True),
        ("billing/bulk/x.py", 'SQL = f"SELECT count(*) FROM payments_payment WHERE room_id IN ({MINE})"', True),
        ("accounts/services/x.py", 'rows = apps.get_model("property", model)', True),
        ("accounts/services/x.py", 'rows = apps.get_model("property.Room")', True),
        ("billing/views/x.py", 'URL = "payments:payment-list"', False),
        ("billing/bulk/x.py", 'SQL = "SELECT id FROM billing_order JOIN property_room"', False),
        ("billing/bulk/x.py", '"""The totals that payments_payment is compared with."""', False),
        ("billing/services/x.py", 'record(actor, "order.void", order)', False),
    ],
)
def test_the_check_of_strings_can_fail(here: str, line: str, refused: bool) -> None:
    assert bool(all_wrong(ROOT / here, ast.parse(line))) is refused
