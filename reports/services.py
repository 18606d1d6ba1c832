"""The nightly check of the books, kept so that the result can be seen."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from heating.audit.models import Seal
from heating.audit.queries import Fault, Verification, verify_seals
from heating.audit.services import seal_rows
from reports.books import check_books
from reports.models import BooksCheck

logger = logging.getLogger(__name__)

CHAIN = "P8"  # the code under which faults of the seals are counted
LATE = timedelta(hours=1)  # after which rows that wait for a seal are a fault: sealing has stopped
KEPT = 100  # faults that are kept of one check


def check_and_keep(*, now: datetime) -> BooksCheck:
    """Seal what waits, ask all rules, verify the chain from its first seal, and keep what was found."""
    seal_rows(now=now)
    before = BooksCheck.objects.order_by("-pk").first()
    rules, found = check_books(limit=0), verify_seals(limit=KEPT)
    for fault in _lost(before.chains if before else {}) + _stopped(found, now):
        found.add(fault)
    red = [rule for rule in rules if not rule.ok]
    check: BooksCheck = BooksCheck.objects.create(
        at=now,
        ok=found.ok and not red,
        rules=len(rules),
        broken={
            rule.invariant.code: {"title": rule.invariant.title, "rows": rule.count} for rule in rules if not rule.ok
        },
        faults=[{"company": fault.company_id, "sentence": fault.sentence} for fault in found.faults],
        fault_count=found.count,
        chains=_chains(found),
        unsealed=found.unsealed,
        seconds=round(found.seconds + sum(rule.seconds for rule in rules)),
    )
    # The log is kept outside the database: whoever cuts the end of a chain off does not reach it.
    logger.info("books checked: ok=%s, last seals %s", check.ok, check.chains)
    return check


def _chains(found: Verification) -> dict[str, dict[str, Any]]:
    return {
        str(chain.company_id): {
            "number": chain.number,
            "digest": chain.digest,
            "until": chain.until.isoformat() if chain.until else "",
            "rows": chain.rows,
        }
        for chain in found.chains.values()
    }


def _lost(chains: dict[str, dict[str, Any]]) -> list[Fault]:
    """Say which seals of the last check are not there any more: the end of a chain was cut off."""
    faults = []
    for company, last in chains.items():
        if not Seal.objects.filter(company_id=company, number=last["number"], digest=last["digest"]).exists():
            sentence = f"上次检查时的第 {last['number']} 号封签已不存在：链尾被截去，或恢复了更早的备份"
            faults.append(Fault(int(company), sentence))
    return faults


def _stopped(found: Verification, now: datetime) -> list[Fault]:
    if found.unsealed and (found.until is None or found.until < now - LATE):
        return [Fault(0, f"封签已停止：{sum(found.unsealed.values())} 行等待封签超过一小时，请查看后台任务")]
    return []
