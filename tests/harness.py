"""Runs the figures of `bin/bench [ID]` and the proofs of `bin/prove [NAME]`.

Each is one module of tests/bench or tests/prove, named after its ID in lower case, with a function
`measure() -> dict` that gives at least `ratio`, `goal` and `ok`, and any further figures. It gets a migrated database
on a server with fsync on, and may do with it what it wants. Standard output carries one JSON line for each; whatever
else is printed goes to standard error.
"""

import importlib
import json
import os
import pkgutil
import sys
import time
from types import ModuleType
from typing import Any

import django
from django.core.management import call_command


def main(package: ModuleType, wanted: list[str]) -> int:
    """Measure the wanted modules (all when none is named); return 1 when any missed its goal."""
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # also for child processes
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")]
    unknown = {name.lower() for name in wanted} - set(names)
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    missed = 0
    for name in names:
        if not wanted or name in {one.lower() for one in wanted}:
            line = measure(package, name)
            missed += not line["ok"]
            print(json.dumps(line, ensure_ascii=False, default=str), file=lines, flush=True)
    return 1 if missed else 0


def measure(package: ModuleType, name: str) -> dict[str, Any]:
    """Run one module and return its line."""
    module = importlib.import_module(f"{package.__name__}.{name}")
    began = time.perf_counter()
    figures = module.measure()
    head = {"id": getattr(module, "ID", name.upper()), "ratio": figures.pop("ratio"), "goal": figures.pop("goal")}
    return head | {"ok": bool(figures.pop("ok"))} | figures | {"seconds": round(time.perf_counter() - began, 1)}
