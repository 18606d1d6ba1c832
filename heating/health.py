"""One address for load balancers and monitors."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from threading import Lock

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from heating.jobs.worker_connection import WORKERS

MONITORS = ("/a/health", "/a/metrics")
ENOUGH, AGAIN = 200 * 2**20, 300 * 2**20  # bytes free: ill below the first, well again above the second


class Steady:
    """Remembers when workers and disk were last well, so that a restart or a temporary file alarms nobody."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.worker_seen = time.monotonic()
        self.disk_full = False

    def ill(self, *, workers: int, free: int, now: float, grace: float) -> list[str]:
        """Return what is missing: workers for longer than `grace` seconds, room on the disk."""
        with self.lock:
            if workers:
                self.worker_seen = now
            self.disk_full = free < (AGAIN if self.disk_full else ENOUGH)
            found = ["workers"] if now - self.worker_seen > grace else []
            return found + (["disk"] if self.disk_full else [])


steady = Steady()


def workers_alive() -> int:
    """Count the worker processes: each holds a shared lock as long as it lives."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE locktype = 'advisory' AND datname = current_database() AND classid = %s AND objsubid = 2",
            [WORKERS],
        )
        return int(cursor.fetchone()[0])


def disk_free() -> int:
    """Return the bytes that are free where uploads, results and the embedded database stand."""
    return shutil.disk_usage(settings.VAR_DIR).free


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer "ok" while database, workers and disk are well, else 503 with the names of what is not."""
    found = steady.ill(workers=workers_alive(), free=disk_free(), now=time.monotonic(), grace=settings.HEALTH_GRACE)
    return HttpResponse(", ".join(found) or "ok", status=503 if found else 200, content_type="text/plain")


def by_address(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer monitors whatever host they ask for: they reach the machine by its address, not by its name."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path not in MONITORS:
            return get_response(request)
        view, arguments, named = resolve(request.path)
        return view(request, *arguments, **named)

    return answer
