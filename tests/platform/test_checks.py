"""The product refuses a database that may forget."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from heating.checks import durable_database

pytestmark = pytest.mark.django_db


def test_a_server_without_fsync_is_refused_outside_the_tests(settings):
    # The tests' own server has fsync off, so here the product must refuse to start.
    settings.MODE = "production"
    assert {problem.id for problem in durable_database(databases=["default"])} == {"heating.E002"}
    with pytest.raises(CommandError, match="断电会丢失"):
        call_command("prepare")


def test_the_tests_themselves_may_be_fast(settings):
    assert settings.MODE == "test"
    assert durable_database(databases=["default"]) == []


def test_an_old_server_is_refused(monkeypatch):
    monkeypatch.setattr("heating.checks.OLDEST", 99)
    assert [problem.id for problem in durable_database(databases=["default"])] == ["heating.E001"]
