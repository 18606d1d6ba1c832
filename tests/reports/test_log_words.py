"""Every verb that is recorded reads as a word on the page of the log."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from billing.states import contract_flow, season_flow
from property.states import change_flow
from reports.logs.words import RESULTS, VERBS
from tests.house.files import sources

FLOWS = {"contract": contract_flow, "change": change_flow, "season": season_flow}


def recorded(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the verb of every call of `record(`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
            yield node.args[1]


def assigned(tree: ast.AST, name: str) -> Iterator[str]:
    """Yield the texts that a variable gets."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            yield from (
                c.value for c in ast.walk(node.value) if isinstance(c, ast.Constant) and isinstance(c.value, str)
            )


def verbs_of(tree: ast.AST) -> Iterator[str]:
    """Yield what the verbs of a module can be; what is put in at run time stands as a `*`."""
    for verb in recorded(tree):
        if isinstance(verb, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in verb.values)
        elif isinstance(verb, ast.Name):
            found = list(assigned(tree, verb.id))
            assert found, f"where does {verb.id} come from?"
            yield from found
        else:
            yield from (c.value for c in ast.walk(verb) if isinstance(c, ast.Constant) and isinstance(c.value, str))


def wordless(tree: ast.AST) -> list[str]:
    """Return the verbs of a module that have no word."""
    missing = []
    for verb in verbs_of(tree):
        thing = verb.partition(".")[0]
        if verb.endswith(".*") and thing in FLOWS:
            missing += [v for step in FLOWS[thing].steps if (v := f"{thing}.{step}") not in VERBS]
        elif "*" in verb:
            pattern = re.compile(re.escape(verb).replace(r"\*", r"\w+"))
            missing += [] if any(map(pattern.fullmatch, VERBS)) else [verb]
        elif verb not in VERBS and verb not in RESULTS:
            missing.append(verb)
    return missing


def test_every_verb_in_the_code_has_a_word() -> None:
    found = {str(path): gap for path in sources() if (gap := wordless(ast.parse(path.read_text())))}
    assert not found


def test_a_verb_without_a_word_is_found() -> None:
    assert wordless(ast.parse('record(actor, "room.paint", room)')) == ["room.paint"]
    assert wordless(ast.parse('verb = "x.a" if right else "x.b"\nrecord(actor, verb, room)')) == ["x.a", "x.b"]
    assert wordless(ast.parse('record(actor, f"{name}.paint", room)')) == ["*.paint"]
    assert wordless(ast.parse('record(actor, f"contract.{verb}", room)')) == []


def test_every_sign_in_verb_belongs_to_the_login_log() -> None:
    verbs = {verb for path in sources() for verb in verbs_of(ast.parse(path.read_text()))}
    assert {verb for verb in verbs if verb.startswith(("login.", "logout"))} <= set(RESULTS)
    assert len(set(VERBS.values())) == len(VERBS) and not set(VERBS) & set(RESULTS)
