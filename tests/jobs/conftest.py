"""A real worker process on the test's database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

import tests.jobs.kinds  # noqa: F401 registers the kinds
from heating.jobs.models import Job
from tests.database import ROOT


@pytest.fixture
def start_worker(transactional_db: None, settings: Any) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """A function that starts one more worker process; all end with the test."""
    here = {
        "DATABASE_URL": django_settings.DATABASE_URL.rpartition("/")[0] + "/" + connection.settings_dict["NAME"],
        "HEATING_VAR": str(settings.MEDIA_ROOT.parent),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "tests.jobs.process"], cwd=ROOT, env=os.environ | here)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(job: Job, condition: Callable[[Job], bool], seconds: float = 60) -> Job:
    """Return the job as soon as the condition holds of its row."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if condition(job):
            return job
        time.sleep(0.02)
    raise AssertionError(f"{job} is {job.state}, {job.done}/{job.total}, attempts {job.attempts}, {job.error}")
