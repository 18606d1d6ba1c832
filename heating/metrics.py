"""What a monitoring system reads at /a/metrics: requests of all web processes, and the state behind them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Min, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily

from accounts.middleware import address_of
from heating.health import disk_free, workers_alive
from heating.jobs.models import Job
from heating.jobs.states import JobState
from heating.kit.db_errors import database_away
from payments.models import Payment
from payments.states import PaymentState

REQUESTS = Counter("heating_requests", "Requests answered", ["method", "status"])
SECONDS = Histogram(
    "heating_request_seconds", "Seconds to answer a request", buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)
)
OPEN = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.USER_PAYING, PaymentState.UNKNOWN)
METHODS = frozenset({"GET", "HEAD", "POST"})


def count(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Count one answered request."""
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, response.status_code).inc()
    SECONDS.observe(seconds)


class Work:
    """Reads the state of the database, the queue and the tills when it is asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        gauges: dict[str, float] = {"disk_free_bytes": disk_free()}
        try:
            gauges |= {"database_up": 1} | self.queue() | self.tills()
        except Exception as problem:
            if not database_away(problem):
                raise
            gauges["database_up"] = 0
        for name, value in gauges.items():
            yield GaugeMetricFamily(f"heating_{name}", WORDS[name], value=float(value))

    def queue(self) -> dict[str, float]:
        waiting = Job.objects.filter(state=JobState.QUEUED, run_at__lte=timezone.now())
        found = waiting.aggregate(number=Count("pk"), oldest=Min("run_at"))
        age = (timezone.now() - found["oldest"]).total_seconds() if found["oldest"] else 0
        running = Job.objects.filter(state=JobState.RUNNING).count()
        numbers = {"jobs_waiting": found["number"], "jobs_oldest_seconds": age, "jobs_running": running}
        return numbers | {"workers": workers_alive()}

    def tills(self) -> dict[str, float]:
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        taken = Payment.objects.filter(state=PaymentState.SUCCEEDED, paid_at__gte=today)
        found = taken.aggregate(number=Count("pk"), amount=Sum("amount"))
        numbers = {"payments_today": found["number"], "payments_today_yuan": found["amount"] or 0}
        return numbers | {"payment_attempts_open": Payment.objects.filter(state__in=OPEN).count()}


WORDS = {
    "database_up": "1 when the database answers",
    "disk_free_bytes": "Bytes free under HEATING_VAR",
    "jobs_waiting": "Jobs that are due and not started",
    "jobs_oldest_seconds": "How long the oldest of them has been due",
    "jobs_running": "Jobs that run",
    "workers": "Worker processes connected",
    "payments_today": "Payments taken since midnight",
    "payments_today_yuan": "Their amount",
    "payment_attempts_open": "Payments without a known outcome",
}


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the addresses of METRICS_ADDRESSES in the text form of Prometheus; to all others there is no such page."""
    if not allowed(request):
        raise Http404
    registry = CollectorRegistry()
    if settings.METRICS_FOLDER:
        multiprocess.MultiProcessCollector(registry, path=str(settings.METRICS_FOLDER))
    else:
        for metric in (REQUESTS, SECONDS):
            registry.register(metric)
    registry.register(Work())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def allowed(request: HttpRequest) -> bool:
    """Say whether the request comes from a monitoring address itself, not through a proxy that nobody told us of."""
    try:
        address = ipaddress.ip_address(address_of(request))
    except ValueError:
        return False
    if "X-Forwarded-For" in request.headers and not settings.TRUSTED_PROXIES:
        return False
    return any(address in ipaddress.ip_network(entry, strict=False) for entry in settings.METRICS_ADDRESSES)
