"""Mutation of the code that decides who sees what, and who pays what: each mutant is one small error to be noticed.

The score is killed / all. A mutant runs in a fork of a process that has Django and the tests loaded, which the
mutation packages cannot do: a mutant costs seconds, not the start of everything. `HEATING_MUTANTS=12,40` tries some.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import django
import pytest

ID = "mutants"
GOAL = 0.90
# What is mutated: functions of modules (none named: all of them), with the tests that must notice, quick ones first.
SCOPE = {
    "heating.kit.scope": (
        "Scope.__or__", "ScopedQuerySet.visible_to", "ScopedQuerySet.locked", "scope_condition", "sees",
    ),
    "heating.kit.pages.base": ("Page.dispatch", "Page.fetch"),
    "heating.jobs.models": ("JobQuerySet.for_person",),
    "heating.imports.models": ("BatchQuerySet.visible_to",),
    "accounts.backends": ("RoleBackend.get_all_permissions",),
    "accounts.models.data_scope": ("offices_reached", "places_of_users", "places_of_role", "_places"),
    "accounts.models.people": (
        "Role.reach", "Role.scopes", "Role.scope_of", "User.has_perm", "User.active_roles", "User.scopes_by_role",
        "User.scope", "User.role_scope",
    ),
    "accounts.services.delegation": (
        "within", "outside", "system_permissions", "covers", "check_role", "_reach_of_holders", "check_user",
        "refuse_escalation",
    ),
    "property.models.places": ("CommunityQuerySet.visible_to",),
    "property.models.owners": ("OwnerQuerySet.visible_to",),
}  # fmt: skip
APPROVAL = {
    "heating.approvals.rules": (),
    "heating.approvals.services.decisions": (),
    "heating.approvals.services.batches": (),
    "property.services.changes": (),
    "property.approvals.account": (),
    "billing.approvals.priced": (),
    "billing.approvals.owner": (),
    "billing.approvals.transfer": (),
    "billing.approvals.imported": (),
    "billing.approvals.contract": (),
}
MONEY = {
    "payments.services.take": (),
    "payments.services.reverse": (),
    "payments.services.receipts": (),
    "billing.services.settlement": (),
    "billing.services.orders": (),
    "billing.services.prepayment": (),
    "billing.services.pricing": ("release", "reclaim"),
}
GROUPS: dict[str, tuple[dict[str, tuple[str, ...]], tuple[list[str], ...]]] = {
    "scope": (
        SCOPE,
        (
            ["tests/kit/test_scope.py", "tests/kit/test_page.py", "tests/accounts/test_data_scope.py"],
            [
                "tests/accounts/test_permission_scopes.py",
                "tests/accounts/test_delegation.py",
                "tests/accounts/test_scopes.py",
                "tests/accounts/test_jurisdiction.py",
            ],
            ["tests/accounts/test_people.py", "tests/accounts/test_role_pages.py", "tests/jobs/test_pages.py"],
            ["tests/matrix/test_matrix.py", "-k", "CA or PM or TWO"],
        ),
    ),
    "approval": (
        APPROVAL,
        (
            ["tests/approvals/test_rules.py", "tests/approvals/test_sample.py"],
            ["tests/billing/approvals/test_changes.py", "tests/billing/approvals/test_transfer.py"],
            [
                "tests/property/test_documents.py",
                "tests/property/test_changes.py",
                "tests/property/test_change_edits.py",
            ],
            [
                "tests/approvals/test_bulk.py",
                "tests/billing/approvals/test_imported.py",
                "tests/billing/test_contracts.py",
            ],
            ["tests/billing/test_account_once.py", "tests/property/test_attachments.py", "tests/billing/test_moves.py"],
        ),
    ),
    "money": (
        MONEY,
        (
            ["tests/payments/test_money_rules.py", "tests/payments/test_counter.py", "tests/billing/test_orders.py"],
            ["tests/billing/approvals/test_transfer.py", "tests/payments/test_lists.py"],
            ["tests/property/test_changes.py", "tests/billing/test_bill_run.py", "tests/billing/test_daily_accrual.py"],
        ),
    ),
}
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "--reuse-db", "--show-capture=no", "--tb=no")
SWAPS: dict[type, type] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.And: ast.Or, ast.Or: ast.And,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
CALLS = {"none": "all", "all": "none", "filter": "", "exclude": "", "any": "all"}


class Mutator(ast.NodeTransformer):
    """Makes the error number `wanted`, and tells in `what` which it was; counts the possible ones."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted, self.count, self.what = wanted, 0, ""

    def hit(self, node: ast.AST, what: str) -> bool:
        self.count += 1
        if self.count - 1 == self.wanted:
            self.what = f"line {getattr(node, 'lineno', 0)}: {what}"
            return True
        return False

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        for i, op in enumerate(node.ops):
            if type(op) in SWAPS and self.hit(node, f"{type(op).__name__} → {SWAPS[type(op)].__name__}"):
                node.ops[i] = SWAPS[type(op)]()
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        if self.hit(node, f"{type(node.op).__name__} → {SWAPS[type(node.op)].__name__}"):
            node.op = SWAPS[type(node.op)]()
        for i in range(len(node.values)):
            if self.hit(node, f"operand {i} of {type(node.op).__name__} gone"):
                rest = node.values[:i] + node.values[i + 1 :]
                return rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if type(node.op) in SWAPS and self.hit(node, f"{type(node.op).__name__} swapped"):
            node.op = SWAPS[type(node.op)]()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return node.operand if isinstance(node.op, ast.Not) and self.hit(node, "not gone") else node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool) and self.hit(node, f"{node.value} → {not node.value}"):
            return ast.Constant(not node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in CALLS and self.hit(node, f"{name}() → {CALLS[name] or 'gone'}"):
            if not CALLS[name]:
                return node.func.value if isinstance(node.func, ast.Attribute) else node
            if isinstance(node.func, ast.Attribute):
                node.func.attr = CALLS[name]
            else:
                node.func = ast.Name(CALLS[name], ast.Load())
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        for value in (True, False):
            if self.hit(node, f"if {value}"):
                node.test = ast.Constant(value)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        self.generic_visit(node)
        return ast.Pass() if self.hit(node, "raise gone") else node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if node.value is not None and self.hit(node, "return None"):
            node.value = ast.Constant(None)
        return node


def function(module: str, name: str) -> Callable[..., Any]:
    """Return the plain function of a dotted name, under whatever decorator of ours."""
    found: Any = import_module(module)
    for part in name.split("."):
        found = inspect.getattr_static(found, part)
    return inspect.unwrap(getattr(found, "func", None) or getattr(found, "fget", found))


def mutate(target: Callable[..., Any], number: int, *, inside: bool) -> tuple[Any, str, int]:
    """Return the mutated code object, what was done, and how many errors the function has room for."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(target)))
    node: Any = tree.body[0]
    node.decorator_list = []
    mutator = Mutator(number)
    node.body = [mutator.visit(statement) for statement in node.body]
    if inside:  # a method that says super() needs a class around it
        tree.body = [ast.ClassDef("_", [], [], [node], [])]
    ast.fix_missing_locations(tree)
    space: dict[str, Any] = {}
    exec(compile(tree, target.__code__.co_filename, "exec"), target.__globals__, space)
    made = vars(space["_"])[target.__name__] if inside else space[target.__name__]
    return made.__code__, mutator.what, mutator.count


def mutants() -> Iterator[tuple[str, Callable[..., Any], Any, str]]:
    """Yield (group, function, its mutated code, what was done)."""
    for group, (targets, _tests) in GROUPS.items():
        for module, names in targets.items():
            for name in names or functions(module):
                target = function(module, name)
                _code, _what, count = mutate(target, -1, inside="." in name)
                for number in range(count):
                    code, what, _count = mutate(target, number, inside="." in name)
                    yield group, target, code, f"{module}.{name} {what}"


def functions(module: str) -> list[str]:
    """Return the names of the plain functions and of the methods that a module defines."""
    found = []
    for name, thing in vars(import_module(module)).items():
        if getattr(thing, "__module__", "") == module:
            if inspect.isfunction(thing):
                found.append(name)
            elif inspect.isclass(thing) and not issubclass(thing, Exception):
                made = [n for n, part in vars(thing).items() if inspect.isfunction(part) and not n.startswith("__")]
                found += [f"{name}.{part}" for part in made]
    return found


def killed(group: str, target: Callable[..., Any], code: Any) -> bool:
    """Say whether the tests notice, in a process of their own."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        ended = 2
        try:
            target.__code__ = code
            ended = int(not all(pytest.main([*tests, *OPTIONS]) == 0 for tests in GROUPS[group][1]))
        finally:
            os._exit(ended)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if ended not in (0, 1):
        raise RuntimeError(f"the mutant of {target.__name__} could not be tried")
    return ended == 1


def score() -> dict[str, Any]:
    """Try all mutants and return the score, which is that of the worst group; survivors are named."""
    only = {int(n) for n in os.environ.get("HEATING_MUTANTS", "").split(",") if n}
    tried, survivors = Counter[str](), Counter[str]()
    names = []
    for n, (group, target, code, what) in enumerate(mutants()):
        if only and n not in only:
            continue
        dead = killed(group, target, code)
        tried[group] += 1
        print(n, group, "killed" if dead else "SURVIVED", what, file=sys.stderr, flush=True)
        if not dead:
            survivors[group] += 1
            names.append(f"{group}: {what}")
    shares = {group: round(1 - survivors[group] / count, 3) for group, count in tried.items()}
    worst = min(shares.values())
    return {"ratio": worst, "goal": GOAL, "ok": worst >= GOAL, "mutants": tried, "killed": shares, "survivors": names}


def measure() -> dict[str, Any]:
    """Run the mutants in a process with the settings of the tests, which this one has not got."""
    env = os.environ | {"HEATING_MODE": "test", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    env.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.prove.mutants"]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    django.setup()
    print(json.dumps(score(), ensure_ascii=False))
