"""The house rules about files and functions."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house.files import ROOT, module_of, sources
from tests.house.test_floors import app_of, imports, is_upper

DJANGO_FREE = ("billing/rules", "heating/kit/rounding.py", "heating/kit/capitals.py")
FORBIDDEN_CALLS = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create"}
LIMIT = 400
LONGEST = 40
# The demo and the roof are no pages; the queue and the kit have none of their own rows.
NO_PAGES = ("heating", "heating.kit", "heating.jobs", "heating.imports")
# Names that tell nothing: what only one sibling needs under such a name was cut off from it.
VAGUE = re.compile(
    r"^(_.*|more|rest|misc|helpers?|utils?|common|parts?|pieces|shown|looks|side|things|stuff|second|ends|.*_(more|rest|2))$"
)


def inner_imports(tree: ast.AST) -> list[int]:
    return [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def direct_writes(tree: ast.AST) -> list[int]:
    """Return the lines that call a method that writes, on whatever: a dict is added to by `|=`.

    `locals()` of a class body is a dict for certain, and has no other way.
    """
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in FORBIDDEN_CALLS
        and ast.unparse(node.func.value) != "locals()"
    ]


def test_no_import_inside_a_function() -> None:
    assert not [f"{p.relative_to(ROOT)}:{n}" for p in sources() for n in inner_imports(ast.parse(p.read_text()))]
    assert inner_imports(ast.parse("def f():\n    import os"))


def test_rules_know_nothing_of_django() -> None:
    for path in sources():
        if str(path.relative_to(ROOT)).startswith(DJANGO_FREE):
            assert not [m for m, _ in imports(ast.parse(path.read_text())) if m.split(".")[0] == "django"], path


def pages() -> list[Path]:
    """Return the files of the apps' upper floors; long work (`jobs.py`) and the back office call services too."""
    return [path for path in sources() if is_upper(module_of(path)) and app_of(module_of(path)) not in NO_PAGES]


def test_pages_do_not_write() -> None:
    assert len(pages()) > 40
    assert not [f"{p.relative_to(ROOT)}:{n}" for p in pages() for n in direct_writes(ast.parse(p.read_text()))]


@pytest.mark.parametrize(
    "line", ["order.save()", "Order.objects.create(number=1)", "rows.update(state=1)", "x.delete()"]
)
def test_a_page_that_writes_is_red(line: str) -> None:
    assert direct_writes(ast.parse(line))
    assert not direct_writes(ast.parse("values |= {'state': 1}\nupdate(order)"))


def test_no_file_is_longer_than_the_limit() -> None:
    assert not {str(p.relative_to(ROOT)): n for p in sources() if (n := len(p.read_text().splitlines())) > LIMIT}


def long_functions(tree: ast.AST) -> list[str]:
    """Return the functions of more than 40 lines, signature and docstring counted."""
    return [
        f"{node.lineno} {node.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST
    ]


def test_no_function_is_longer_than_forty_lines() -> None:
    found = {str(p.relative_to(ROOT)): long for p in sources() if (long := long_functions(ast.parse(p.read_text())))}
    assert found == {}
    assert long_functions(ast.parse('def f():\n    """\n' + "    more\n" * 37 + '    """\n    return 1'))
    assert not long_functions(ast.parse("def f():\n" + "    x = 1\n" * 39))


def halves(files: dict[str, str]) -> list[str]:
    """Return pairs of files of one folder where one, of a vague name, is imported by the other alone and both fit."""
    users: dict[str, set[str]] = {}
    for user, text in files.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module:
                for name in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names)):
                    if name in files:
                        users.setdefault(name, set()).add(user)
    return [
        f"{module} belongs into {user}"
        for module, (user, *more) in ((module, sorted(found)) for module, found in users.items())
        if not more
        and "." in module
        and user.rsplit(".", 1)[0] == module.rsplit(".", 1)[0]
        and not user.endswith((".urls", ".apps"))
        and VAGUE.match(module.rsplit(".", 1)[1])
        and len((files[module] + files[user]).splitlines()) <= LIMIT
    ]


def test_no_file_is_the_cut_off_half_of_another() -> None:
    assert halves({module_of(path): path.read_text() for path in sources()}) == []


def test_a_half_is_found() -> None:
    half, whole = "x = 1", "from billing.services.more import x"
    assert halves({"billing.services.more": half, "billing.services.orders": whole})
    assert not halves({"billing.services.more": half, "billing.services.orders": whole, "billing.services.b": whole})
    assert not halves({"billing.services.void": half, "billing.services.b": whole.replace("more", "void")})
