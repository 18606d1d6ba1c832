"""What those who run the system see: health, metrics, access log, 系统状态, odd settings, static files."""

from __future__ import annotations

import logging
import socket
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from heating import health, supervisor
from heating.audit.services import record
from heating.checks import safe_deployment
from heating.embedded.cluster import put_aside
from heating.embedded.problem import Problem
from heating.health import ENOUGH, Steady
from heating.jobs.jobs import clean
from heating.logs import DatedFile
from heating.watchdog import Watchdog, answers
from heating.web import refusal
from tests import build


@pytest.fixture
def admin(db: None, client: Client) -> Client:
    company = build.company()
    client.force_login(build.user("admin", company, build.role(company, "heating.view_system_status")))
    return client


def test_health_names_missing_workers_after_a_grace_and_does_not_flap() -> None:
    steady = Steady()
    begun = steady.worker_seen
    well = {"free": 10 * ENOUGH, "grace": 60}
    assert steady.ill(workers=0, now=begun + 59, **well) == []
    assert steady.ill(workers=0, now=begun + 61, **well) == ["workers"]
    assert steady.ill(workers=1, now=begun + 62, **well) == []
    assert steady.ill(workers=0, now=begun + 100, **well) == []  # a restart


def test_health_of_a_full_disk_is_bad_until_there_is_room_again() -> None:
    steady = Steady()
    now = steady.worker_seen
    seen = [bool(steady.ill(workers=1, free=free, now=now, grace=60)) for free in (ENOUGH, ENOUGH - 1, ENOUGH + 1)]
    assert seen == [False, True, True]
    assert steady.ill(workers=1, free=2 * ENOUGH, now=now, grace=60) == []


@pytest.mark.django_db
def test_health_answers_by_address_and_fails_without_workers(client: Client, settings: Any, monkeypatch: Any) -> None:
    assert client.get("/a/health", headers={"host": "10.1.2.3"}).status_code == 200
    assert client.get("/a/login", headers={"host": "10.1.2.3"}).status_code == 400
    settings.HEALTH_GRACE = -1
    answer = client.get("/a/health")
    assert (answer.status_code, answer.content) == (503, b"workers")
    monkeypatch.setattr(health, "workers_alive", lambda: 1)
    settings.HEALTH_GRACE = 60
    assert client.get("/a/health").status_code == 200


@pytest.mark.django_db
def test_metrics_are_for_the_monitoring_address_only(client: Client, settings: Any) -> None:
    assert client.get("/a/metrics").status_code == 404
    settings.METRICS_ADDRESSES = ["127.0.0.0/8"]
    text = client.get("/a/metrics").content.decode()
    for name in ("requests_total", "payments_today", "jobs_waiting", "jobs_oldest_seconds", "payment_attempts_open"):
        assert f"heating_{name}" in text
    assert "heating_database_up 1.0" in text
    # Through a proxy that nobody named everybody comes from its address.
    assert client.get("/a/metrics", headers={"x-forwarded-for": "1.2.3.4"}).status_code == 404


def test_the_access_log_tells_person_address_time_and_statements(admin: Client, caplog: Any) -> None:
    logging.getLogger("heating.access").addHandler(caplog.handler)
    with caplog.at_level(logging.INFO, logger="heating.access"):
        admin.get("/a/system?phone=13800000000")
    line = caplog.messages[-1]
    assert line.startswith("127.0.0.1 admin GET /a/system 200 ") and "statements" in line
    assert int(line.split("ms ")[1].split()[0]) > 0 and "13800000000" not in line


def test_logs_are_appended_and_never_erased(tmp_path: Any) -> None:
    for _ in range(2):
        handler = DatedFile(tmp_path, "access")
        handler.emit(logging.makeLogRecord({"msg": "a line", "created": 1_790_000_000}))
    handler.emit(logging.makeLogRecord({"msg": "next day", "created": 1_790_000_000 + 86_400}))
    files = sorted(tmp_path.iterdir())
    assert [file.read_text() for file in files] == ["a line\na line\n", "next day\n"]
    long = tmp_path / "web.log"
    long.write_bytes(b"x" * 10_000_001)
    put_aside(long)
    assert not long.exists() and len(list(tmp_path.glob("web.log.*"))) == 1


def test_the_status_page_shows_what_is_wrong(admin: Client, settings: Any, tmp_path: Any) -> None:
    page = admin.get("/a/system").content.decode()
    assert "没有 worker 在运行" in page and "PostgreSQL" in page and "尚未进行" in page
    settings.BACKUP_FOLDER = str(tmp_path)
    assert "目录中没有备份" in admin.get("/a/system").content.decode()
    (tmp_path / "heating.dump").write_bytes(b"x")
    assert "最近一次" in admin.get("/a/system").content.decode()
    assert Client().get("/a/system").status_code == 302


def test_the_status_page_notices_a_proxy_that_nobody_named(admin: Client) -> None:
    office = build.company("乙")
    for name in ("a1", "a2", "a3"):
        record(build.user(name, office), "login.ok", address="10.0.0.1")
    assert "TRUSTED_PROXIES" in admin.get("/a/system").content.decode()
    record(build.user("a4", office), "login.ok", address="10.0.0.2")
    assert "TRUSTED_PROXIES" not in admin.get("/a/system").content.decode()


@pytest.mark.django_db
def test_sessions_that_ran_out_are_cleared() -> None:
    past = timezone.now() - timedelta(days=1)
    Session.objects.create(session_key="old", session_data="", expire_date=past)
    Session.objects.create(session_key="new", session_data="", expire_date=past + timedelta(days=2))
    clean(None)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


@pytest.mark.parametrize("text", ["", "abc", "0", "70000", "8001 ", "-1", "８００１"])
def test_an_odd_port_is_a_sentence(text: str) -> None:
    with pytest.raises(Problem, match="HEATING_PORT 应为"):
        supervisor.port_of(text)
    assert supervisor.port_of("8001") == 8001


def test_the_address_in_production_is_the_one_that_opens(monkeypatch: Any) -> None:
    monkeypatch.setenv("HEATING_MODE", "production")
    monkeypatch.setenv("ALLOWED_HOSTS", "heat.example.com,other")
    assert supervisor.address(8001).startswith("https://heat.example.com/a/login（")
    monkeypatch.setenv("PLAIN_HTTP", "true")
    assert supervisor.address(8001).startswith("http://heat.example.com/") and "明文" in supervisor.address(8001)


def test_the_deployment_check_warns_of_unnamed_proxies_and_plain_http(settings: Any) -> None:
    settings.TRUSTED_PROXIES, settings.PLAIN_HTTP = [], True
    assert [message.id for message in safe_deployment()] == ["heating.W001", "heating.W002"]
    settings.TRUSTED_PROXIES, settings.PLAIN_HTTP = ["127.0.0.1"], False
    assert safe_deployment() == []


def test_refusals_of_the_web_server_carry_the_headers() -> None:
    head = refusal(414, "URI Too Long").decode()
    assert head.startswith("HTTP/1.1 414 URI Too Long\r\n") and "网址过长" in head
    for name in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy"):
        assert f"\r\n{name}: " in head


def test_a_full_disk_is_a_sentence(admin: Client, monkeypatch: Any) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    admin.raise_request_exception = False
    monkeypatch.setattr("heating.status.facts", full)
    page = admin.get("/a/system")
    assert page.status_code == 507 and "磁盘空间不足" in page.content.decode()


class Silent:
    """A server that accepts connections and says nothing."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.connection = socket.create_connection(("127.0.0.1", self.port))

    def get_connection_params(self) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self.port, "user": "x", "dbname": "x"}


def test_the_watchdog_cuts_requests_that_wait_for_a_silent_server() -> None:
    dog, silent = Watchdog(old=1), Silent()
    assert not answers(silent)
    dog.running[1] = (0.0, silent)
    assert dog.look() == 1
    assert silent.connection.recv(1) == b""  # the waiting thread sees the end
    silent.connection.close()
    silent.listener.close()


@pytest.mark.django_db
def test_the_watchdog_leaves_a_slow_request_of_a_living_server_alone() -> None:
    dog = Watchdog(old=-1)
    dog.thread = object()
    dog.begin()
    call_command("check", verbosity=0)
    assert dog.look() == 0
