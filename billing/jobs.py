"""Long work of billing."""

from datetime import time
from typing import Any

from django.utils import timezone

from billing.services.daily_accrual import accrue_daily
from heating.jobs.context import JobContext
from heating.jobs.kinds import job_kind


@job_kind("billing.roll", title="订单计价到当日", daily_at=time(0, 1), atomic=False, results=lambda: {"orders": "订单"})
def roll(context: JobContext) -> dict[str, Any]:
    """Write down what the new day changes on open orders; steps commit by themselves, so it starts again anywhere."""
    return {"orders": accrue_daily(timezone.localdate())}
