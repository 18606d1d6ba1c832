"""The house rules about files and functions."""

from __future__ import annotations

import ast

import pytest

from tests.house.files import ROOT, sources
from tests.house.test_floors import imports

DJANGO_FREE = ("billing/rules", "heating/kit/rounding.py", "heating/kit/capitals.py")
FORBIDDEN_CALLS = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create"}
LIMIT = 400


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
