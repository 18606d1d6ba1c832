"""A fresh, migrated test database in a moment: a copy of a template that is migrated once per set of migrations."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg2
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "heating_template_"


def template() -> str:
    """Return the name of the migrated template database, made if it is not there yet."""
    name = PREFIX + migrations_digest()
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    server = psycopg2.connect(**{key: value for key, value in parameters.items() if isinstance(value, (str, int))})
    server.autocommit = True
    with server.cursor() as cursor:
        # Several test processes come at once; one of them migrates.
        cursor.execute("SET lock_timeout = 0; SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"])
        known = {row[0] for row in cursor.fetchall()}
        if name not in known:
            for old in known:
                cursor.execute(f'DROP DATABASE "{old}"')
            make(cursor, name)
    server.close()
    return name


def make(cursor: "psycopg2.extensions.cursor", name: str) -> None:
    """Migrate a draft and give it its name at the end, so that a half-migrated one never counts."""
    draft = f"{PREFIX}draft"
    cursor.execute(f'DROP DATABASE IF EXISTS "{draft}"')
    cursor.execute(f'CREATE DATABASE "{draft}" TEMPLATE template0')
    url = settings.DATABASE_URL.rpartition("/")[0] + "/" + draft
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, check=True)
    cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


def migrations_digest() -> str:
    """Return a mark that changes with any migration, ours or of a package."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(ROOT.glob("[a-z]*/**/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
