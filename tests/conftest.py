"""What every test may ask for, and the rule that no test is skipped in silence."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from tests.browser import chromium, live, page  # noqa: F401 fixtures
from tests.database import template

skipped: list[str] = []


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Make the test database from the migrated template."""
    connection.settings_dict["TEST"]["TEMPLATE"] = template()


@pytest.fixture(autouse=True)
def files_apart(settings: Any, tmp_path: Any) -> None:
    """Keep uploads and results of tests out of the product's folder."""
    settings.MEDIA_ROOT = tmp_path / "files"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test proves nothing, so it fails the run."""
    if skipped and session.exitstatus == 0:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for nodeid in skipped:
        terminalreporter.write_line(f"SKIPPED, which counts as failed: {nodeid}", red=True)
