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
from django.apps import apps
from django.core.management import call_command
from django.db import connection

# Stands as the comment of a schema that this program has made, and may therefore drop.
MADE_HERE = "made by bin/bench or bin/prove"


def main(package: ModuleType, wanted: list[str]) -> int:
    """Measure the wanted modules (all when none is named); return 1 when any missed its goal."""
    lines = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # also for child processes
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")]
    unknown = {name.lower() for name in wanted} - set(names)
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    django.setup()
    missed = 0
    chosen = {name.lower() for name in wanted} or set(names)
    for name in filter(chosen.__contains__, names):
        empty_database()
        line = measure(package, name)
        missed += not line["ok"]
        print(json.dumps(line, ensure_ascii=False, default=str), file=lines, flush=True)
    return 1 if missed else 0


def refuse_strange_database() -> None:
    """Exit with 2 and a sentence when the database holds a company that no run of this program has made.

    The private server of this checkout is never refused; elsewhere a schema that was made here carries `MADE_HERE`.
    """
    if os.environ.get("DATABASE_URL") == "embedded":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(current_schema()::regnamespace), to_regclass('org_office')::text")
        note, offices = cursor.fetchone()
        if note == MADE_HERE or offices is None:
            return
        cursor.execute("SELECT name FROM org_office WHERE parent_id IS NULL ORDER BY id LIMIT 1")
        company = cursor.fetchone()
    if company:
        print(f"refused: this database holds the company {company[0]}, and the measurement would delete it. "
              "Name an empty database.", file=sys.stderr)  # fmt: skip
        sys.exit(2)


def empty_database() -> None:
    """Make the schema anew: nothing of an earlier run, whether rows, sequences or dropped indexes, may be left."""
    refuse_strange_database()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = connection.ops.quote_name(cursor.fetchone()[0])
        cursor.execute(f"DROP SCHEMA {schema} CASCADE")
        cursor.execute(f"CREATE SCHEMA {schema}")
        cursor.execute(f"COMMENT ON SCHEMA {schema} IS %s", [MADE_HERE])
    apps.get_model("contenttypes.ContentType").objects.clear_cache()
    call_command("migrate", interactive=False, verbosity=0)


def measure(package: ModuleType, name: str) -> dict[str, Any]:
    """Run one module and return its line."""
    module = importlib.import_module(f"{package.__name__}.{name}")
    began = time.perf_counter()
    figures = module.measure()
    head = {"id": getattr(module, "ID", name.upper()), "ratio": figures.pop("ratio"), "goal": figures.pop("goal")}
    return head | {"ok": bool(figures.pop("ok"))} | figures | {"seconds": round(time.perf_counter() - began, 1)}
