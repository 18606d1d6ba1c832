"""Long work of billing."""

from datetime import time
from typing import Any

from django.utils import timezone

from billing.services.roll import roll_orders
from heating.jobs.kinds import job_kind
from heating.jobs.run import Run


@job_kind("billing.roll", title="订单计价到当日", daily_at=time(0, 1), atomic=False)
def roll(run: Run) -> dict[str, Any]:
    """Write down what the new day changes on open orders; steps commit by themselves, so it starts again anywhere."""
    return {"orders": roll_orders(timezone.localdate())}
