"""The nightly check of the books."""

import logging
from datetime import time
from typing import Any

from django.utils import timezone

from heating.jobs.context import JobContext
from heating.jobs.kinds import job_kind
from reports.services import CHAIN, check_and_keep

logger = logging.getLogger(__name__)


@job_kind("reports.check_books", title="夜间账务检查", daily_at=time(2, 30), atomic=False)
def nightly_check(context: JobContext) -> dict[str, Any]:
    """Ask every rule and verify the seals; what is broken stands in the result, in the log, on 系统状态 and 首页."""
    found = check_and_keep(now=timezone.now())
    broken = {code: rule["rows"] for code, rule in found.broken.items()}
    if found.fault_count:
        broken[CHAIN] = found.fault_count
    if broken:
        logger.error("check_books: %s", broken)
    return {"checked": found.rules, "broken": broken}
