"""Every event that is recorded reads as a word on the page of the log."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from billing.states import contract_flow, season_flow
from heating.approvals.states import approval_flow
from reports.logs.words import EVENTS, RESULTS
from tests.house.files import sources

FLOWS = {"contract": contract_flow, "change": approval_flow, "season": season_flow}


def recorded(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the event of every call of `record(`."""
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


def events_of(tree: ast.AST) -> Iterator[str]:
    """Yield what the events of a module can be; what is put in at run time stands as a `*`."""
    for event in recorded(tree):
        if isinstance(event, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in event.values)
        elif isinstance(event, ast.Name):
            found = list(assigned(tree, event.id))
            assert found, f"where does {event.id} come from?"
            yield from found
        else:
            yield from (c.value for c in ast.walk(event) if isinstance(c, ast.Constant) and isinstance(c.value, str))


def wordless(tree: ast.AST) -> list[str]:
    """Return the events of a module that have no word."""
    missing = []
    for event in events_of(tree):
        thing = event.partition(".")[0]
        if event.endswith(".*") and thing in FLOWS:
            missing += [v for step in FLOWS[thing].transitions if (v := f"{thing}.{step}") not in EVENTS]
        elif "*" in event:
            pattern = re.compile(re.escape(event).replace(r"\*", r"\w+"))
            missing += [] if any(map(pattern.fullmatch, EVENTS)) else [event]
        elif event not in EVENTS and event not in RESULTS:
            missing.append(event)
    return missing


def test_every_event_in_the_code_has_a_word() -> None:
    found = {str(path): gap for path in sources() if (gap := wordless(ast.parse(path.read_text())))}
    assert not found


def test_an_event_without_a_word_is_found() -> None:
    assert wordless(ast.parse('record(actor, "room.paint", room)')) == ["room.paint"]
    assert wordless(ast.parse('event = "x.a" if right else "x.b"\nrecord(actor, event, room)')) == ["x.a", "x.b"]
    assert wordless(ast.parse('record(actor, f"{name}.paint", room)')) == ["*.paint"]
    assert wordless(ast.parse('record(actor, f"contract.{event}", room)')) == []


def test_every_sign_in_event_belongs_to_the_login_log() -> None:
    events = {event for path in sources() for event in events_of(ast.parse(path.read_text()))}
    assert {event for event in events if event.startswith(("login.", "logout"))} <= set(RESULTS)
    assert len(set(EVENTS.values())) == len(EVENTS) and not set(EVENTS) & set(RESULTS)
