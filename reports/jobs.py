"""The nightly check of the books."""

import logging
from datetime import time
from typing import Any

from heating.jobs.context import JobContext
from heating.jobs.kinds import job_kind
from reports.books import check_books

logger = logging.getLogger(__name__)


@job_kind("reports.check_books", title="夜间账务检查", daily_at=time(2, 30))
def nightly_check(context: JobContext) -> dict[str, Any]:
    """Ask every invariant; what is broken stands in the result, in the log and on 系统状态."""
    found = check_books(limit=1)
    broken = {finding.invariant.code: finding.count for finding in found if not finding.ok}
    if broken:
        logger.error("check_books: %s", broken)
    return {"checked": len(found), "broken": broken}
