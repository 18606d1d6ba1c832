"""No request waits for a database that accepts and does not answer.

A statement's time limit stands in the server, which does not answer, and the network has nothing to report. So a
thread looks at the requests that run: when one is old, it asks the database itself, and if that gives no answer it
shuts the sockets of the old requests, whose threads then see a lost connection like any other.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import psycopg2
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

OLD = 8.0  # seconds after which a request is worth a question
LOOK = 0.5
PROBE = 2  # seconds that the database has to answer a new connection


class Watchdog:
    """The requests of this process, and the thread that looks at them."""

    def __init__(self, *, old: float = OLD) -> None:
        self.old = old
        self.running: dict[int, tuple[float, BaseDatabaseWrapper]] = {}
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def begin(self) -> None:
        """Note that this thread's request begins."""
        with self.lock:
            # The wrapper of this thread, not the proxy that leads every thread to its own.
            self.running[threading.get_ident()] = (time.monotonic(), connection._connections["default"])
            if self.thread is None:  # after the fork of the web server's workers
                self.thread = threading.Thread(target=self.watch, daemon=True, name="watchdog")
                self.thread.start()

    def end(self) -> None:
        """Note that this thread's request is over."""
        with self.lock:
            self.running.pop(threading.get_ident(), None)

    def watch(self) -> None:
        while True:
            time.sleep(LOOK)
            with suppress(Exception):  # a watchdog that dies helps nobody
                self.look()

    def look(self) -> int:
        """Cut the connections of old requests if the database does not answer; return how many."""
        before = time.monotonic() - self.old
        with self.lock:
            old = [wrapper for began, wrapper in self.running.values() if began < before and wrapper.connection]
        if not old or answers(old[0]):
            return 0
        with self.lock:
            still = [wrapper for began, wrapper in self.running.values() if began < before]
            cut = sum(shut(wrapper) for wrapper in still)
        logger.error("database does not answer: cut off %s waiting requests", cut)
        return cut


def answers(wrapper: BaseDatabaseWrapper) -> bool:
    """Say whether a new connection gets an answer in time."""
    try:
        probe: Any = psycopg2.connect(**{**wrapper.get_connection_params(), "connect_timeout": PROBE})
    except psycopg2.OperationalError as problem:
        return "too many" in str(problem)  # it is alive, but full
    probe.close()
    return True


def shut(wrapper: BaseDatabaseWrapper) -> bool:
    """End the connection under a thread that waits on it."""
    try:
        with socket.socket(fileno=socket.dup(wrapper.connection.fileno())) as copy:
            copy.shutdown(socket.SHUT_RDWR)
    except (AttributeError, OSError, psycopg2.InterfaceError):
        return False
    return True


class Watched:
    """A WSGI application under the watchdog."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.watchdog = Watchdog()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.watchdog.begin()
        try:
            return self.application(environ, start_response)
        finally:
            self.watchdog.end()
