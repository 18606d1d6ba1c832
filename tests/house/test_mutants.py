"""`bin/prove mutants` names modules, functions and test files: they exist."""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.house.files import ROOT
from tests.prove.mutants import GROUPS, function, functions


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_mutated_and_what_must_notice_exist(group: str) -> None:
    targets, tests = GROUPS[group]
    for module, names in targets.items():
        import_module(module)
        assert all(callable(function(module, name)) for name in names or functions(module))
    files = [argument for arguments in tests for argument in arguments if argument.endswith(".py")]
    assert files and not [file for file in files if not (ROOT / file).exists()]
