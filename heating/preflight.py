"""The database checks once more where the product serves: the server behind DATABASE_URL may have changed since."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from threading import Lock

from django.core.checks import Tags, run_checks
from django.db import connection
from django.http import HttpRequest, HttpResponse

from heating.kit.db_errors import database_away
from heating.problems import problem

logger = logging.getLogger(__name__)


def failures() -> list[str]:
    """Return the sentences of what is wrong with the database; raises when it is away."""
    return [str(message.msg) for message in run_checks(tags=[Tags.database], databases=["default"])]


class Preflight:
    """Whether the database still has to be asked in this process: it was away when the process started."""

    def __init__(self) -> None:
        self.pending = False
        self.lock = Lock()

    def at_start(self) -> None:
        """Exit with the sentences when the database must not be used; if it is away, leave the question for later.

        The product waits for a database that is away, so that is no reason not to start.
        """
        self.pending = True
        self.try_again()

    def try_again(self) -> None:
        """Ask the database; exit when it must not be used."""
        found = []
        try:
            found = self.later()
        except Exception as away:
            if not database_away(away):
                raise
            logger.warning("database away: %s", str(away).strip())
        finally:
            connection.close()  # a web server forks after this
        if found:
            sys.exit("\n".join(f"heating: {sentence}" for sentence in found))

    def later(self) -> list[str]:
        """Ask now if the question is open; raises while the database is away."""
        with self.lock:
            found = failures() if self.pending else []
            self.pending = bool(found)
        return found


preflight = Preflight()


def preflight_guard(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 503 until a database that was away at the start has passed its checks."""

    def guard(request: HttpRequest) -> HttpResponse:
        if preflight.pending and (found := preflight.later()):
            logger.error("%s", " ".join(found))
            return problem(request, 503)
        return get_response(request)

    return guard
