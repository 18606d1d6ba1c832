"""The access log: who asked for what from where, how long it took and how many statements."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

from accounts.middleware import address_of
from heating import metrics

logger = logging.getLogger("heating.access")


class Statements:
    """Counts the statements of one request and the time they took."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - began


def access_log(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Write one line a request; the path alone, because what stands behind the "?" may be a name or a phone."""

    def logged(request: HttpRequest) -> HttpResponse:
        began, statements = time.perf_counter(), Statements()
        with connection.execute_wrapper(statements):
            response = get_response(request)
        seconds = time.perf_counter() - began
        user = request.__dict__.get("_cached_user")  # asks nothing of a database that may be away
        person = user.username if user is not None and user.is_authenticated else "-"
        logger.info(
            "%s %s %s %s %s %.0fms %s statements %.0fms",
            *(address_of(request) or "-", person, request.method, request.path, response.status_code, seconds * 1000),
            *(statements.count, statements.seconds * 1000),
        )
        metrics.count(request, response, seconds)
        return response

    return logged
